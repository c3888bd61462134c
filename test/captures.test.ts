/**
 * The corpus: every capture of a folder, explained and held against what its manifest and oracle state.
 *
 *     POSTGLASS_CAPTURES=folder   manifest.json, oracle/ and the captures; default ../shared/captures beside the repository
 *
 * A conversation in a protocol that is not read yet is skipped by name; the others of the same file still bind. Of one
 * that goes on in TLS the part before it binds. Not binding: `tshark_tcp_remarks`, `initial_rtt_s`, the words of `outcome`.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'node:test'
import { explainDocument } from '../src/analyser/document.ts'
import { explainCapture } from '../src/analyser/explain.ts'
import { schemaFaults } from '../src/analyser/schema.test-support.ts'
import type { Schema } from '../src/analyser/schema.test-support.ts'
import { readCapture } from '../src/wire/packet/read-capture.ts'
import { camelCased, differences, isList, isObject } from './captures.test-support.ts'
import type { Fields, Value } from './captures.test-support.ts'

const repository = resolve(import.meta.dirname, '..')
const given = process.env['POSTGLASS_CAPTURES']
const shared = resolve(repository, '../shared/captures')
const folder =
  given === undefined
    ? existsSync(join(shared, 'manifest.json'))
      ? shared
      : join(repository, 'test/captures')
    : resolve(given)

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const readJson = (path: string): Fields => JSON.parse(readFileSync(path, 'utf8')) as Fields

/** Told for comparison only, or in free words. */
const notBinding = new Set(['tsharkTcpRemarks', 'initialRttS', 'outcome'])
/** Belongs to a room of its own: TLS and what is inside it. */
const notReadYet = new Set(['tls', 'decrypted', 'innerProtocol', 'insideTls', 'dialogueInTls'])

const schema = JSON.parse(readFileSync(join(repository, 'docs/schemas/explain.json'), 'utf8')) as Schema

/** Each document, masked or not, is what the schema says. */
async function explain(file: string): Promise<Fields> {
  const explained = explainCapture(await readCapture(createReadStream(file)), { digest })
  const [masked, told] = [false, true].map((reveal) =>
    explainDocument(explained, { file, language: 'en', reveal, digest }),
  )
  for (const document of [masked, told]) assert.deepEqual(schemaFaults(document, schema).slice(0, 5), [])
  return told as Fields
}

function fieldsOf(value: Value | undefined): Fields {
  return isObject(value) ? value : {}
}

function listOf(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : []
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** What is stated of one conversation, in our names. */
function statements(entry: Fields, oracle: Fields): Fields {
  const stated: Record<string, Value> = {}
  for (const [name, value] of Object.entries({ ...fieldsOf(camelCased(oracle)), ...fieldsOf(camelCased(entry)) })) {
    if (!notBinding.has(name) && !notReadYet.has(name)) stated[name] = value
  }
  delete stated['index']
  return stated
}

/** Where a conversation goes on in TLS, lists begin with what stood before it. */
function beforeTls(stated: Fields, got: Fields): Fields {
  if (stated['dialogueBeforeTls'] === undefined) return stated
  const cut: Record<string, Value> = { ...stated }
  for (const name of ['commands', 'replyCodes', 'auth', 'mails', 'retrieved']) {
    const list = listOf(stated[name])
    cut[name] = list.slice(0, listOf(got[name]).length)
  }
  return cut
}

if (!existsSync(join(folder, 'manifest.json'))) {
  test('captures', { skip: `no captures: ${folder} has no manifest.json` }, () => undefined)
} else {
  const manifest = readJson(join(folder, 'manifest.json'))
  for (const capture of listOf(manifest['captures']).map(fieldsOf)) {
    const id = textOf(capture['id'])
    const file = join(folder, textOf(capture['file']))
    void test(id, async (context) => {
      const oracle = readJson(join(folder, textOf(capture['oracle'])))
      const document = await explain(file)
      if (capture['broken'] !== undefined) return brokenFile(fieldsOf(capture['broken']), document)
      const conversations = listOf(document['conversations']).map(fieldsOf)
      const expect = fieldsOf(capture['expect'])
      fileFacts(capture, expect, oracle, document)
      for (const [index, entry] of listOf(expect['conversations']).map(fieldsOf).entries()) {
        const name = `${id} conversation ${index + 1} ${textOf(entry['protocol'])}`
        const stream = listOf(oracle['streams']).map(fieldsOf)[index] ?? {}
        const got = conversations[index] ?? {}
        const read = entry['protocol'] === 'smtp' || entry['protocol'] === 'pop3'
        await context.test(name, { skip: read ? false : `${textOf(entry['protocol'])} is not read yet` }, () => {
          const stated = beforeTls(statements(entry, stream), got)
          assert.deepEqual(differences(stated, got, ''), [], name)
        })
        if (!read) assert.equal(got['protocol'], entry['protocol'], `${name}: protocol`)
      }
    })
  }
}

function fileFacts(capture: Fields, expect: Fields, oracle: Fields, document: Fields): void {
  const stated: Fields = {
    packets: capture['packets'] ?? null,
    linkTypes: capture['link_types'] ?? [],
    truncatedPackets: capture['truncated_packets'] ?? 0,
    tcpConversations: expect['tcp_conversations'] ?? 0,
    dnsMessages: expect['dns_messages'] ?? 0,
    capturedBytes: oracle['captured_bytes'] ?? 0,
    wireBytes: oracle['wire_bytes'] ?? 0,
    firstPacket: oracle['first_packet'] ?? null,
    lastPacket: oracle['last_packet'] ?? null,
  }
  assert.deepEqual(differences(stated, document, 'file'), [])
}

/** A broken file gives what could be read, and the kind of damage. */
function brokenFile(broken: Fields, document: Fields): void {
  const error = fieldsOf(listOf(document['errors'])[0])
  assert.equal(error['code'] ?? null, broken['error'] ?? null, 'kind of damage')
  if (typeof broken['packets_before'] === 'number')
    assert.equal(document['packets'], broken['packets_before'], 'packets before')
}
