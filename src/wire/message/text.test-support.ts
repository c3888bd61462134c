/** Text of any code units, half characters too. */
import fc from 'fast-check'

const units = fc.oneof(fc.nat(0x7f), fc.nat(0xffff)).map((code) => String.fromCharCode(code))

export function anyText(maxLength = 60): fc.Arbitrary<string> {
  return fc.string({ unit: units, maxLength })
}
