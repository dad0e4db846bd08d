-- Whom a consumer passes a message on to: on the bus one consumer carries messages for several systems, and a message for one of
-- them is not the same delivery as one for another. Null: nobody says, or the consumer itself.
alter table delivery add column recipient text;

-- Which deliveries the pairs of a comparison were made of, by the landscape file; null: not looked at since this is kept.
alter table shadow_progress add column claims text;
