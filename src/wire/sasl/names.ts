/** Names in a sign-in, and its refusal as a value. */
import type { SaslStep } from './words.ts'

export function refused(why: string): SaslStep {
  return { what: 'refused', why }
}

/** A name without controls, up to the length any server must take, RFC 4616 §2. */
export function isName(text: string): boolean {
  return text !== '' && text.length <= 255 && !/[\u0000-\u001f\u007f-\u009f]/.test(text)
}

/** saslname: `,` and `=` stand as `=2C` and `=3D`, RFC 5802 §5.1. Undefined where `=` stands otherwise. */
export function readSaslName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=')
}

export function printSaslName(text: string): string {
  return text.replaceAll('=', '=3D').replaceAll(',', '=2C')
}
