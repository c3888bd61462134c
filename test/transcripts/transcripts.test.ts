/** Every transcript is heard by a listener, answered by a server and said by a client; however it is cut, the same. */
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { AnyHeard, Engine, Story, Transcript, Turn } from './transcript.test-support.ts'
import {
  Listener,
  Script,
  cutTurns,
  engineFor,
  overhear,
  readTranscripts,
  sizeOf,
  told,
  wordsFor,
} from './transcript.test-support.ts'

const transcripts = readTranscripts()
const latin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)

function rulesOf(things: readonly AnyHeard[]): string[] {
  return things.flatMap((thing) => thing.remarks.map((remark) => remark.rule))
}

function listen({ protocol }: Transcript, turns: readonly Turn[], lenient = false): Story {
  return overhear(engineFor(protocol, { lenient }), turns)
}

void test('there are transcripts of both protocols', () => {
  assert.ok(transcripts.filter(({ protocol }) => protocol === 'smtp').length >= 10)
  assert.ok(transcripts.filter(({ protocol }) => protocol === 'pop3').length >= 5)
})

for (const transcript of transcripts) {
  const { name, title, turns, protocol } = transcript
  void test(`${name}: ${title}`, async (t) => {
    const story = listen(transcript, turns)

    await t.test('a listener hears what is written at its head', () => {
      assert.deepEqual(wordsFor(story), transcript.heard)
      assert.deepEqual(rulesOf(story.client), transcript.remarks)
      assert.deepEqual(rulesOf(story.server), transcript.order)
      assert.ok([...story.client, ...story.server].every((thing) => !thing.assumed))
    })

    await t.test('spans cover every byte of both sides, in order', () => {
      for (const side of ['client', 'server'] as const) {
        let at = 0
        for (const thing of story[side]) {
          assert.equal(thing.at.start, at)
          at = thing.at.end
        }
        assert.equal(at, sizeOf(turns.filter((turn) => turn.side === side)))
      }
    })

    await t.test('a server hears the same and says it byte for byte', () => {
      serve(engineFor(protocol), transcript, story)
    })

    // an unreadable line is none that a client of ours could say
    if (!story.client.some((thing) => thing.what === 'unreadable')) {
      await t.test('a client says the same and hears the replies to it', () => {
        ask(engineFor(protocol), transcript, story)
      })
    }

    await t.test('cut at any one byte, or at every byte, the same is heard', () => {
      const expected = told(story)
      const size = sizeOf(turns)
      for (let cut = 1; cut < size; cut++)
        assert.deepEqual(told(listen(transcript, cutTurns(turns, [cut]))), expected, `cut at ${cut}`)
      assert.deepEqual(
        told(
          listen(
            transcript,
            cutTurns(
              turns,
              Array.from({ length: size }, (_, i) => i),
            ),
          ),
        ),
        expected,
      )
    })

    await t.test('cut at random, the same is heard', () => {
      const expected = told(story)
      fc.assert(
        fc.property(fc.array(fc.nat({ max: sizeOf(turns) }), { maxLength: 12 }), (cuts) => {
          assert.deepEqual(told(listen(transcript, cutTurns(turns, cuts))), expected)
        }),
        { numRuns: 30 },
      )
    })

    await t.test('a lenient listener hears the same where all lines end in CRLF', () => {
      assert.deepEqual(told(listen(transcript, turns, true)), told(story))
    })
  })
}

/** Hears the client and says the replies of the story. */
function serve(engine: Engine, transcript: Transcript, story: Story): void {
  const listener = new Listener(engine)
  const script = new Script(story.server)
  const objections: string[] = []
  for (const { side, bytes } of transcript.turns) {
    if (side === 'client') {
      engine.hear('client', bytes)
      listener.drain('client')
      continue
    }
    let said = ''
    for (const thing of script.within(bytes.length)) {
      if (thing.what === 'reply') {
        const objection = thing.to && engine.objection(thing.to)
        if (objection) objections.push(objection.rule)
        said += latin1(engine.say({ what: 'reply', reply: thing.reply }))
        listener.drain('client')
      } else if (thing.what === 'body')
        said += latin1(engine.say({ what: 'body', bytes: thing.bytes, last: thing.last }))
    }
    assert.equal(said, latin1(bytes))
  }
  engine.end('client')
  listener.drain('client')
  assert.deepEqual(told(listener.story().client), told(story.client))
  assert.deepEqual(objections, transcript.order)
}

/** Says the commands of the story and hears the server. */
function ask(engine: Engine, transcript: Transcript, story: Story): void {
  const listener = new Listener(engine)
  const script = new Script(story.client)
  for (const { side, bytes } of transcript.turns) {
    if (side === 'server') {
      engine.hear('server', bytes)
      listener.drain('server')
      continue
    }
    let said = ''
    const things = script.within(bytes.length)
    for (const thing of things) {
      if (thing.what === 'command') said += latin1(engine.say({ what: 'command', command: thing.command }))
      if (thing.what === 'body') said += latin1(engine.say({ what: 'body', bytes: thing.bytes, last: thing.last }))
    }
    // odd forms are not said by us
    if (rulesOf(things).length === 0) assert.equal(said.toLowerCase(), latin1(bytes).toLowerCase())
  }
  engine.end('server')
  listener.drain('server')
  assert.deepEqual(told(listener.story().server), told(story.server))
}
