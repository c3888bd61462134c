/** What docs/message.md and docs/schemas/message.json promise of the JSON document. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import { fromLatin1, utf8 } from './charset.ts'
import { messageDocument, readMessage } from './message.ts'
import { messageRules } from './rules.ts'

const docs = resolve(import.meta.dirname, '../../../docs')

/** The words of JSON Schema that the document's schema uses. */
interface Schema {
  readonly $ref?: string
  readonly const?: string
  readonly type?: string
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly $defs?: Readonly<Record<string, Schema>>
}

const root = JSON.parse(readFileSync(resolve(docs, 'schemas/message.json'), 'utf8')) as Schema

/** The first faults of a value, each with its path. */
function faults(value: unknown, schema: Schema, path: string): string[] {
  if (schema.$ref !== undefined) return faults(value, root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {}, path)
  if (schema.const !== undefined) return value === schema.const ? [] : [`${path} is not ${schema.const}`]
  if (schema.type === 'integer') return Number.isInteger(value) ? [] : [`${path} is no integer`]
  if (schema.type === 'string') {
    if (typeof value !== 'string') return [`${path} is no string`]
    return schema.pattern === undefined || new RegExp(schema.pattern).test(value) ? [] : [`${path} is not as it should`]
  }
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${path} is no list`]
    return value.flatMap((item, index) => faults(item, schema.items ?? {}, `${path}[${index}]`))
  }
  if (schema.type !== 'object') return [`${path} has no schema`]
  if (typeof value !== 'object' || value === null) return [`${path} is no object`]
  const missing = (schema.required ?? [])
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => `${path}.${key} is missing`)
  const wrong = Object.entries(value).flatMap(([key, item]) => {
    const known =
      schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : schema.additionalProperties
    return typeof known === 'object' ? faults(item, known, `${path}.${key}`) : [`${path}.${key} is not foreseen`]
  })
  return [...missing, ...wrong]
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const documentOf = (bytes: Uint8Array): unknown =>
  JSON.parse(JSON.stringify(messageDocument(readMessage(bytes, { digest }))))

const full = `From: A <a@b.test>
Date: 1 Jan 2026 00:00 GMT
Subject: x
Message-ID: <2@b.test>
In-Reply-To: <1@b.test>
References: <1@b.test>
Content-Type: multipart/mixed; boundary=b

--b

text
--b
Content-Type: text/html

<p>
--b
Content-Type: image/png; name=a.png
Content-ID: <c@d>
Content-Disposition: inline

x
--b--
`.replaceAll('\n', '\r\n')

void test('a document is as its schema says, and a full one has every key', () => {
  const document = documentOf(utf8(full))
  assert.deepEqual(faults(document, root, 'message'), [])
  assert.deepEqual(Object.keys(document as object).toSorted(), Object.keys(root.properties ?? {}).toSorted())
  assert.deepEqual(faults({ ...(document as object), size: '1', more: 1 }, root, 'message'), [
    'message.size is no integer',
    'message.more is not foreseen',
  ])
})

void test('the document of any bytes is as its schema says', () => {
  const parts = fc.array(
    fc.constantFrom(
      'From: ',
      'Date: ',
      '<a@b>',
      'Content-Type: ',
      'a/b; x=y',
      'multipart/x; boundary=b',
      '\r\n',
      '\r\n--b\r\n',
      '\0',
      '\xff',
      'x',
    ),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(parts, (pieces) => {
      assert.deepEqual(faults(documentOf(fromLatin1(pieces.join(''))), root, 'message'), [])
    }),
    { numRuns: 300 },
  )
})

void test('the page for users names every rule with its source', () => {
  const page = readFileSync(resolve(docs, 'message.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| [^|]+ \| (RFC [^|]+) \|$/gm)].map((row) => [row[1], row[2]])
  assert.deepEqual(rows, Object.entries(messageRules))
})
