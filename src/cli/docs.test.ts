/** The guide says what the program does. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Fault } from './fault.ts'
import { readConfig } from './config/config.ts'
import { defaultAccessLimits } from '../access/limits.ts'
import { defaultLimits } from '../server/limits.ts'
import { inFolder, run, testWorld } from './world.test-support.ts'

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs/guide', name), 'utf8')

void test('the configuration of the guide is one', () => {
  for (const name of ['configuration.md', 'start.md']) {
    for (const [, toml = ''] of page(name).matchAll(/```toml\n([^]*?)```/g)) readConfig(toml, name)
  }
})

void test('the guide names every limit that can be set, with its default', () => {
  const text = page('configuration.md')
  for (const [name, value] of Object.entries({ ...defaultLimits, ...defaultAccessLimits })) {
    const key = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    let isKnown = true
    try {
      readConfig(`[limits]\n${key} = 7\n`, 'c.toml')
    } catch (fault) {
      assert.ok(fault instanceof Fault)
      isKnown = false
    }
    assert.equal(text.includes(`\`${key}\``), isKnown, key)
    if (isKnown) assert.ok(text.includes(String(value)), `${key}: ${value}`)
  }
})

void test('the guide names every verb and every option that help shows', async () => {
  await inFolder(async (folder) => {
    const world = testWorld(folder)
    const text = page('command-line.md')
    const { out } = await run(world, '--help')
    const verbs = [...(/Commands:\n([^]*?)\n\n/.exec(out)?.[1] ?? '').matchAll(/^ {2}(\w+)/gm)].map(
      ([, verb = '']) => verb,
    )
    assert.ok(verbs.length > 10)
    for (const verb of verbs) {
      assert.ok(text.includes(`\`${verb} `), verb)
      const help = await run(world, verb, '--help')
      for (const [option] of help.out.matchAll(/--[a-z-]+(?= |$)/gm))
        if (option !== '--help') assert.ok(text.includes(option), `${verb} ${option}`)
    }
  })
})
