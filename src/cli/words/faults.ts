/** Every error of the command line: its exit status and its sentences in both languages. Codes are stable: scripts read them. */
import type { AnswerFaults } from './faults/answer.ts'
import { answerFaults } from './faults/answer.ts'
import type { FaultExit, FaultTable, FaultText } from './faults/fault-text.ts'
import type { InputFaults } from './faults/input.ts'
import { inputFaults } from './faults/input.ts'
import type { MachineFaults } from './faults/machine.ts'
import { machineFaults } from './faults/machine.ts'
import type { UseFaults } from './faults/use.ts'
import { useFaults } from './faults/use.ts'
import type { Language } from './words.ts'

export interface FaultValues extends UseFaults, InputFaults, AnswerFaults, MachineFaults {}
export type FaultCode = keyof FaultValues

const faults: FaultTable<FaultValues> = { ...useFaults, ...inputFaults, ...answerFaults, ...machineFaults }

export const faultCodes: readonly FaultCode[] = Object.keys(faults) as FaultCode[]

export interface ToldFault extends FaultText {
  readonly exit: FaultExit
}

/** The sentences and the exit status of an error. */
export function tellFault<Code extends FaultCode>(
  code: Code,
  values: FaultValues[Code],
  language: Language,
): ToldFault {
  const entry = faults[code]
  return { exit: entry.exit, ...(language === 'en' ? entry.en(values) : entry.zh(values)) }
}

/** True for a code that this program knows: one that came over the control socket may be another version's. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faults, code)
}
