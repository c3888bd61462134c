import test from 'node:test'
import assert from 'node:assert/strict'
import { openMemoryStore } from '../store/memory.ts'
import { RecordRules } from './record.ts'

void test('what is held until the account is known is bounded over all connections, and given back', () => {
  const { directory } = openMemoryStore()
  const rules = new RecordRules({ what: 'accounts', accounts: ['bob@north.test'] }, directory, 1000)
  const held = Array.from({ length: 512 }, () => rules.begin())
  assert.ok(held.every(({ bytesPerSide }) => bytesPerSide === 32_768))
  assert.equal(rules.begin().bytesPerSide, undefined, '32 MiB are held')
  assert.equal(held[0]?.concerns('somebody'), true)
  assert.equal(held[0]?.bytesPerSide, undefined)
  assert.equal(rules.begin().bytesPerSide, 32_768)
  assert.equal(rules.begin().bytesPerSide, undefined)
  for (const one of held) assert.equal(one.end(), false)
  for (let i = 0; i < 511; i++) assert.equal(rules.begin().bytesPerSide, 32_768)
  assert.equal(rules.begin().bytesPerSide, undefined, 'the first was given back once, not twice')
})
