import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { toCrlf } from './line-ends.ts'

async function through(pieces: readonly Uint8Array[]): Promise<string> {
  const out: Uint8Array[] = []
  for await (const bytes of toCrlf(pieces)) out.push(bytes)
  return Buffer.concat(out).toString('latin1')
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

const rows: readonly [string, string, string][] = [
  ['CRLF stays', 'a\r\nb\r\n', 'a\r\nb\r\n'],
  ['LF', 'a\nb\n', 'a\r\nb\r\n'],
  ['CR', 'a\rb\r', 'a\r\nb\r\n'],
  ['no end', 'a', 'a\r\n'],
  ['empty lines', '\n\n\r\n\r\r', '\r\n\r\n\r\n\r\n\r\n'],
  ['nothing', '', ''],
]
for (const [name, input, expected] of rows) {
  test(`toCrlf: ${name}`, async () => assert.equal(await through([bytes(input)]), expected))
}

test('toCrlf: however it is cut, the same; never a lone CR or LF', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('\r', '\n', 'x', '.'), { maxLength: 40 }),
      fc.array(fc.nat(40)),
      async (letters, cuts) => {
        const text = letters.join('')
        const pieces: Uint8Array[] = []
        let rest = text
        for (const cut of cuts) {
          pieces.push(bytes(rest.slice(0, cut)))
          rest = rest.slice(cut)
        }
        pieces.push(bytes(rest))
        const out = await through(pieces)
        assert.equal(out, await through([bytes(text)]))
        assert.doesNotMatch(out.replaceAll('\r\n', ''), /[\r\n]/)
      },
    ),
  )
})
