/** What commands answer with --json is what docs/schemas/commands.json says. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { schemaFaults, type Schema } from '../analyser/schema.test-support.ts'
import { inFolder, run, testWorld } from './world.test-support.ts'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/schemas/commands.json'), 'utf8')) as Schema

/** Every line of the answer must be the document that is named. */
function check(name: string, answer: string): void {
  const definition = schema.$defs?.[name]
  assert.ok(definition, `commands.json has ${name}`)
  assert.notEqual(answer.trim(), '', name)
  for (const line of answer.trim().split('\n'))
    assert.deepEqual(schemaFaults(JSON.parse(line), definition, schema), [], name)
}

const calls: readonly (readonly [schema: string, ...args: string[]])[] = [
  ['domain', 'domain', 'add', 'north.test'],
  ['domains', 'domain', 'list'],
  ['account', 'account', 'add', 'alice@north.test', '--password-stdin'],
  ['account', 'account', 'add', 'bob@north.test', '--password-stdin'],
  ['accounts', 'account', 'list'],
  ['account', 'account', 'password', 'alice@north.test', '--password-stdin'],
  ['alias', 'alias', 'add', 'info@north.test', '--to', 'alice@north.test', 'bob@north.test'],
  ['aliases', 'alias', 'list'],
  ['code', 'code', 'add', 'alice@north.test', '--label', 'x', '--scope', 'smtp,pop3'],
  ['codes', 'code', 'list', 'alice@north.test'],
  ['done', 'alias', 'delete', 'info@north.test'],
  ['prune', 'story', 'prune'],
  ['store-stat', 'store', 'stat'],
  ['store-check', 'store', 'check'],
  ['store-repair', 'store', 'repair'],
  ['done', 'account', 'delete', 'alice@north.test'],
  ['error', 'account', 'delete', 'alice@north.test'],
  ['error', 'domain', 'add', 'north.test'],
]

test('the documents of the commands fit their schema', () =>
  inFolder(async (folder) => {
    const world = testWorld(folder)
    world.input = 'correct horse battery\n'
    for (const [name, ...args] of calls) {
      const { out, err } = await run(world, ...args, '--data', folder, '--json')
      assert.equal(err, '', args.join(' '))
      check(name, out)
    }
  }))
