/** A refusal or a failure of the command line: a stable code with values; `words/faults.ts` has its texts and exit status. */
import type { FaultCode, FaultValues } from './words/faults.ts'

export type { FaultCode, FaultValues }

/** A code with the values its sentences name. */
type Named = {
  [Code in FaultCode]: readonly [code: Code, values: FaultValues[Code], options?: ErrorOptions]
}[FaultCode]

export class Fault extends Error {
  readonly code: FaultCode
  readonly values: FaultValues[FaultCode]
  constructor(...[code, values, options]: Named) {
    super(code, options)
    this.name = 'Fault'
    this.code = code
    this.values = values
  }
}

/** The message of whatever was thrown, for the places that hand on another program's words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Node's `ENOENT` and the like; undefined for other errors. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
