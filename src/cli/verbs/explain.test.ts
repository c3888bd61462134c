/** `explain` in this process, over captures made here; the corpus has suites of its own. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import { writeCapture } from '../../wire/packet/write-capture.ts'
import { began, labCapture, secrets } from '../terminal/lab.test-support.ts'
import { widthOf } from '../terminal/layout.ts'
import { inFolder, run, testWorld } from '../world.test-support.ts'
import type { TestWorld } from '../world.test-support.ts'
import { shellWord } from './explain.ts'

process.env['TZ'] = 'UTC'

async function withLab<Result>(work: (world: TestWorld, folder: string) => Promise<Result>): Promise<Result> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.pcapng'), labCapture())
    return work(testWorld(folder), folder)
  })
}

type Talk = readonly (readonly ['C' | 'S', string | Uint8Array])[]

function capture(...talks: readonly Talk[]): Uint8Array {
  return writeCapture(
    talks.map((talk, index) => ({
      client: { address: '192.0.2.1', port: 50_000 + index },
      server: { address: '192.0.2.2', port: 25 },
      began: began + BigInt(index) * 1_000_000_000n,
      chunks: talk.map(([side, text], at) => ({
        side: side === 'C' ? ('client' as const) : ('server' as const),
        time: began + BigInt(index) * 1_000_000_000n + BigInt(at + 1) * 1_000_000n,
        bytes: typeof text === 'string' ? Buffer.from(text, 'latin1') : text,
      })),
    })),
  )
}

const short: Talk = [
  ['S', '220 a ESMTP\r\n'],
  ['C', 'QUIT\r\n'],
  ['S', '221 Bye\r\n'],
]

void test('one conversation is shown whole, with commands that exist', async () => {
  await withLab(async (world) => {
    const { status, out, err } = await run(world, 'explain', 'lab.pcapng')
    assert.deepEqual([status, err], [0, ''])
    assert.match(out, /^lab\.pcapng {2}45 packets, 1 conversation\nSMTP in clear, 192\.0\.2\.41:50123 -> /)
    assert.match(out, /\nNext: {2}postglass explain lab\.pcapng --line 8 {5}bytes and rule of one line\n/)
    assert.match(out, /\n {7}postglass explain lab\.pcapng --json {5} +the same for a program\n$/)
    assert.ok(!out.includes(secrets.user.split('@')[0] + '@example.test\n'))
  })
})

void test('--reveal shows what is hidden, for this call only', async () => {
  await withLab(async (world) => {
    const code = Buffer.from(secrets.code).toString('base64')
    const hidden = await run(world, 'explain', 'lab.pcapng', '--full')
    assert.ok(!hidden.out.includes(secrets.code) && !hidden.out.includes(code))
    const shown = await run(world, 'explain', 'lab.pcapng', '--reveal')
    assert.ok(shown.out.includes(code) || shown.out.includes(secrets.code))
  })
})

void test('--line shows bytes and rule of one line; of a secret neither bytes nor their number', async () => {
  await withLab(async (world) => {
    const open = await run(world, 'explain', 'lab.pcapng', '--line', '10')
    assert.match(open.out, /0000 {2}4d 41 49 4c 20 46 52 4f {2}4d 3a 20 3c/)
    assert.match(open.out, /RFC 5321 §4\.1\.1\.2 {2}https:\/\/www\.rfc-editor\.org/)
    const secret = await run(world, 'explain', 'lab.pcapng', '--line', '8')
    assert.match(secret.out, /\[authorization code hidden\]/)
    assert.doesNotMatch(secret.out, /0000 {2}/)
    const shown = await run(world, 'explain', 'lab.pcapng', '--line', '8', '--reveal')
    assert.match(shown.out, /0000 {2}59 57 4a/)
    const none = await run(world, 'explain', 'lab.pcapng', '--line', '99')
    assert.equal(none.status, 1)
    assert.match(none.err, /has no line 99[^]*Code: no-line/)
  })
})

void test('--json is one document, also with one conversation chosen', async () => {
  await withLab(async (world, folder) => {
    writeFileSync(join(folder, 'two.pcapng'), capture(short, short))
    const document = JSON.parse((await run(world, 'explain', 'lab.pcapng', '--json')).out) as Record<string, unknown>
    assert.deepEqual([document['schema'], document['file']], ['postglass/explain/1', 'lab.pcapng'])
    const one = await run(world, 'explain', 'two.pcapng', '--conversation', '2', '--json')
    const { conversations } = JSON.parse(one.out) as { conversations: { id: number }[] }
    assert.deepEqual(
      conversations.map(({ id }) => id),
      [2],
    )
  })
})

void test('several conversations are a line each, then one is chosen', async () => {
  await withLab(async (world, folder) => {
    writeFileSync(join(folder, 'two.pcapng'), capture(short, short))
    const { out } = await run(world, 'explain', 'two.pcapng')
    assert.match(out, /\n {4}1 {2}10:00:01 {2}SMTP {5}192\.0\.2\.1 -> 192\.0\.2\.2:25 {2}/)
    assert.match(out, /\n {4}2 {2}10:00:02 {2}SMTP /)
    assert.match(out, /postglass explain two\.pcapng --conversation 1/)
    const chosen = await run(world, 'explain', 'two.pcapng', '--conversation', '2')
    assert.match(chosen.out, /192\.0\.2\.1:50001 -> 192\.0\.2\.2:25[^]*220 a ESMTP/)
    assert.match(
      (await run(world, 'explain', 'two.pcapng', '--line', '1')).err,
      /Code: several-conversations {2}Exit: 64/,
    )
    assert.match(
      (await run(world, 'explain', 'two.pcapng', '--conversation', '3')).err,
      /has no conversation 3\.\n {4}It has 2, numbered from 1\.[^]*Exit: 1/,
    )
  })
})

void test('- reads standard input', async () => {
  await withLab(async (world) => {
    world.input = labCapture()
    const { status, out } = await run(world, 'explain', '-')
    assert.equal(status, 0)
    assert.match(out, /^standard input {2}45 packets/)
    assert.doesNotMatch(out, /Next:/)
  })
})

void test('what could be read of a cut capture is shown, then a sentence; exit 2', async () => {
  await withLab(async (world, folder) => {
    const whole = labCapture()
    for (const size of [whole.length - 3, whole.length - 500, 900]) {
      writeFileSync(join(folder, 'cut.pcapng'), whole.subarray(0, size))
      const { status, out, err } = await run(world, 'explain', 'cut.pcapng')
      assert.equal(status, 2)
      assert.match(out, /^cut\.pcapng {2}\d+ packets/)
      assert.match(err, /^!! {2}cut\.pcapng ends in the middle of packet \d+ \(byte \d+\)\.[^]*Exit: 2\n$/)
      const json = await run(world, 'explain', 'cut.pcapng', '--json')
      assert.equal(json.status, 2)
      assert.equal((JSON.parse(json.out) as { errors: unknown[] }).errors.length, 1)
    }
  })
})

const unreadable: readonly (readonly [name: string, bytes: string | undefined, code: string])[] = [
  ['none.pcap', undefined, 'file-missing'],
  ['empty.pcap', '', 'capture-empty'],
  ['page.pcap', '<html>not a capture</html>', 'capture-unknown'],
  ['folder', undefined, 'file-folder'],
]

for (const [name, bytes, code] of unreadable) {
  void test(`not to be read: ${name}`, async () => {
    await withLab(async (world, folder) => {
      if (bytes !== undefined) writeFileSync(join(folder, name), bytes)
      if (name === 'folder') mkdirSync(join(folder, name))
      const { status, out, err } = await run(world, 'explain', name)
      assert.deepEqual([status, out], [2, ''])
      assert.match(err, new RegExp(`^!!  [^]*Code: ${code}  Exit: 2\n$`))
    })
  })
}

void test('a file that cannot be read does not keep back the next; the worst exit status counts', async () => {
  await withLab(async (world) => {
    const { status, out, err } = await run(world, 'explain', 'none.pcap', 'lab.pcapng')
    assert.equal(status, 2)
    assert.match(err, /file-missing/)
    assert.match(out, /220 mx\.example\.test/)
  })
})

void test('a key log beside the capture is read by itself, one that was named must be there', async () => {
  await withLab(async (world, folder) => {
    mkdirSync(join(folder, 'lab.pcapng.keys'))
    assert.equal((await run(world, 'explain', 'lab.pcapng')).status, 0)
    const { status, err } = await run(world, 'explain', 'lab.pcapng', '--keys', 'none.keys')
    assert.equal(status, 2)
    assert.match(err, /none\.keys/)
  })
})

void test('a hole has no number, and its remark stands beside it', async () => {
  await withLab(async (world, folder) => {
    const chunks = [
      { side: 'server' as const, time: began, bytes: Buffer.from('220 a ESMTP\r\n') },
      { side: 'client' as const, time: began + 1n, bytes: Buffer.from('NOOP\r\nEHLO ') },
      { side: 'client' as const, time: began + 2n, lost: 1460 },
      { side: 'client' as const, time: began + 3n, bytes: Buffer.from('x\r\nQUIT\r\n') },
      { side: 'server' as const, time: began + 4n, bytes: Buffer.from('221 Bye\r\n') },
    ]
    const ends = { client: { address: '192.0.2.1', port: 1 }, server: { address: '192.0.2.2', port: 25 } }
    writeFileSync(join(folder, 'hole.pcapng'), writeCapture([{ ...ends, chunks }]))
    const { out } = await run(world, 'explain', 'hole.pcapng')
    assert.match(out, /\n !  {9}-> {2}\[1460 bytes were not captured\]\n {16}! The capture has a hole here/)
    world.columns = 140
    const wide = await run(world, 'explain', 'hole.pcapng', '--lang', 'en')
    const plain = wide.out.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g'), '')
    assert.match(plain, /\n !  {9}-> {2}\[1460 bytes were not captured\] {19} +! The capture has a hole here/)
  })
})

void test('whatever a peer says, the screen stays inert and within its width', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), async (one, two) => {
        const talk: Talk = [
          ['S', Buffer.concat([Buffer.from('220 '), one, Buffer.from('\r\n')])],
          ['C', Buffer.concat([Buffer.from('EHLO '), two, Buffer.from('\r\n')])],
          ['S', Buffer.concat([Buffer.from('250 '), two, one, Buffer.from('\r\n')])],
        ]
        writeFileSync(join(folder, 'odd.pcapng'), capture(talk))
        for (const more of [[], ['--full'], ['--line', '1'], ['--lang', 'zh-CN']]) {
          const { out, err } = await run(world, 'explain', 'odd.pcapng', ...more)
          assert.equal(err, '')
          for (const line of out.split('\n')) {
            assert.ok(widthOf(line) <= 80, line)
            for (const character of line) {
              const code = character.codePointAt(0) ?? 0
              assert.ok(code >= 0x20 && !(code >= 0x7f && code < 0xa0) && !(code >= 0x202a && code < 0x2030), line)
            }
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})

void test('a name stands in a next command as a shell takes it', () => {
  assert.equal(shellWord('a/b-1.pcap'), 'a/b-1.pcap')
  assert.equal(shellWord("it's a file"), String.raw`'it'\''s a file'`)
})
