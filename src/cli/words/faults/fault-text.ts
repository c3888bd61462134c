/** The shape of an error's texts. */

/** 1 the answer is no; 2 input cannot be read; 3 the machine or the net says no; 64 wrong use. */
export type FaultExit = 1 | 2 | 3 | 64

export interface FaultText {
  /** What was tried, on what. */
  readonly text: string
  /** Sentences, one a line. */
  readonly why?: string
  readonly todo?: string
}

/** One error's exit status and sentences, from its values. */
export interface FaultEntry<Values> {
  readonly exit: FaultExit
  readonly en: (values: Values) => FaultText
  readonly zh: (values: Values) => FaultText
}

export type FaultTable<Values> = { readonly [Code in keyof Values]: FaultEntry<Values[Code]> }
