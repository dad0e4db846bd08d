/**
 * Entity sets of 1С that Pult names itself. Readers and the check of the connection take them from here, so that a good check
 * says of all that is asked that it works; what else is asked of a base stands in the landscape.
 */

/** Requests for approval in the base of trade. */
export const APPROVAL_SETS = {
  order: 'Document_ЗаказКлиента',
  return: 'Document_ЗаявкаНаВозвратТоваровОтКлиента',
  process: 'BusinessProcess_СогласованиеПродажи',
  task: 'Task_ЗадачаИсполнителя',
  agreement: 'Catalog_СоглашенияСКлиентами',
  company: 'Catalog_Контрагенты',
  partner: 'Catalog_Партнеры',
  user: 'Catalog_Пользователи',
  item: 'Catalog_Номенклатура',
  stock: 'AccumulationRegister_ТоварыНаСкладах',
  debt: 'AccumulationRegister_РасчетыСКлиентами',
  priceKinds: 'Catalog_ВидыЦен',
  /** The register is subordinate to its documents: virtual tables stand at the set of its records. */
  prices: 'InformationRegister_ЦеныНоменклатуры_RecordType',
} as const;

/** Process of returns: bases that approve them in the process of sales do without. */
export const RETURN_PROCESS = 'BusinessProcess_СогласованиеЗаявкиНаВозвратТоваровОтКлиента';

/** Registers of БСП that tell how a base's exchanges go. */
export const REGISTER_SETS = {
  states: 'InformationRegister_СостоянияОбменовДанными',
  successes: 'InformationRegister_СостоянияУспешныхОбменовДанными',
  problems: 'InformationRegister_РезультатыОбменаДанными',
} as const;

/** Field of these registers with a node; `<field>_Type` names its plan, which is read for the names of nodes. */
export const NODE_FIELD = 'УзелИнформационнойБазы';

/** Objects that did not reach a system outside 1С; only bases with such systems need it. */
export const INTEGRATION_SET = 'InformationRegister_СостоянияИнтеграцииОбъектов';
