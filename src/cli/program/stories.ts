/** `story` and `store`. */
import type { Command } from 'commander'
import { wholeNumber } from '../parse.ts'
import { type Options, type Run, data, finished, group, json, leaf } from './common.ts'

export function storyVerbs(program: Command, run: Run): void {
  const shown = () => import('../verbs/stories-shown.ts')
  const story = group(program, 'story', 'Stories: what is kept of own connections and of messages.', [
    'story list',
    'story show ID',
    'story export ID lab.pcapng',
  ])
  finished(
    story
      .command('list')
      .description('List the stories, the newest last.')
      .option('--message <id>', 'those that carried a message')
      .option('--queue <id>', 'those of a queue id, as it stands in the 250 and in Received')
      .option('--account <address>', 'those of an account')
      .addOption(data())
      .addOption(json())
      .action((options: Options) => run(async (session) => (await shown()).storyList(session, options))),
    ['story list', 'story list --account alice@north.test', 'story list --json | jq .outcome'],
  )
  finished(
    story
      .command('show <id>')
      .description('Explain a story line by line.')
      .option('--line <n>', 'one line: its bytes, its parts and the rule', wholeNumber('--line', 1, 1e9))
      .option('--full', 'wrap long lines instead of cutting them')
      .addOption(data())
      .addOption(json())
      .action((id: string, options: Options) =>
        run(async (session) => (await shown()).storyShow(session, id, options)),
      ),
    ['story show ID', 'story show ID --line 8'],
  )
  finished(
    story
      .command('export <id> <file>')
      .description('Write a story as a capture (pcapng) that Wireshark opens; credentials are replaced.')
      .addOption(data())
      .addOption(json())
      .action((id: string, file: string, options: Options) =>
        run(async (session) => (await shown()).storyExport(session, id, file, options)),
      ),
    ['story export ID lab.pcapng'],
  )
  leaf(story, 'delete <id>', 'Delete a story; messages stay.', ['story delete ID'], run, async (session, id, options) =>
    (await shown()).storyDelete(session, id, options),
  )
  leaf(
    story,
    'prune',
    'Delete the bytes of stories that are past their time.',
    ['story prune'],
    run,
    async (session, _, options) => (await shown()).storyPrune(session, options),
  )
}

export function careVerbs(program: Command, run: Run): void {
  const shown = () => import('../verbs/care-shown.ts')
  const store = group(program, 'store', 'The store: count, check, repair.', ['store stat', 'store check'])
  leaf(
    store,
    'check',
    'Verify every message by its hash, and the index against the journal.',
    ['store check', 'store check --json'],
    run,
    async (session, _, options) => (await shown()).storeCheck(session, options),
  )
  leaf(
    store,
    'repair',
    'Build the index anew from the journal. The server must be stopped.',
    ['store repair'],
    run,
    async (session, _, options) => (await shown()).storeRepair(session, options),
  )
  leaf(store, 'stat', 'Count messages and bytes.', ['store stat'], run, async (session, _, options) =>
    (await shown()).storeStat(session, options),
  )
}
