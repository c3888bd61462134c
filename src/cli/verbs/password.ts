/** Passwords and codes come from standard input or a prompt that does not show them; never as an argument. */
import { Fault } from '../fault.ts'
import type { Session } from '../session.ts'
import { inert } from '../terminal/inert.ts'
import { verbWords } from '../words/verbs.ts'

/** Bytes of standard input that are looked at for its first line. */
const mostInput = 65_536

/** From the first line of standard input, or asked for on the terminal (twice where a new one is set). */
export async function readPassword(
  session: Session,
  address: string,
  how: { readonly fromStdin: boolean; readonly twice: boolean },
): Promise<string> {
  const { stdin } = session.world
  const words = verbWords[session.language]
  if (how.fromStdin) {
    const parts: Uint8Array[] = []
    let size = 0
    for await (const bytes of stdin.bytes()) {
      parts.push(bytes)
      size += bytes.length
      if (size > mostInput) throw new Fault('bad-password', { why: 'long' })
    }
    return Buffer.concat(parts).toString('utf8').split(/\r?\n/, 1)[0] ?? ''
  }
  if (!stdin.isTerminal) throw new Fault('no-password', { address })
  const first = await stdin.askHidden(words.password(inert(address)))
  if (how.twice && (await stdin.askHidden(words.passwordAgain)) !== first)
    throw new Fault('bad-password', { why: 'differs' })
  return first
}
