/** Gives the document of the tests modal dialogs, which it does not know: one that is open can be found by its role. */
export function giveModalDialogs(): void {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
}
