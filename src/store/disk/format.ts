/** The format version of a store, in a small file of its own, and the steps from older ones to this one. */
import { StoreError } from '../contract.ts'
import type { Layout } from '../layout.ts'
import { type FilePort, readWhole, writeWhole } from './port.ts'

export const formatVersion = 1
const firstLine = 'postglass store'

/** Brings a store of version `from` to the next one. Must bear to be run again after a power cut. */
export interface Migration {
  readonly from: number
  readonly run: (files: FilePort, layout: Layout) => void
}

/** None so far: version 1 is the first. */
const migrations: readonly Migration[] = []

/**
 * Makes sure that the folder holds a store of our version: notes it in an empty folder, migrates an older one. Refuses
 * a newer one (`newer-format`) and what is no store (`not-a-store`).
 */
export function checkFormat(
  files: FilePort,
  layout: Layout,
  steps: readonly Migration[] = migrations,
  current = formatVersion,
): void {
  const bytes = readWhole(files, layout.format)
  if (bytes === undefined) {
    if (files.list(layout.journal).length > 0)
      throw new StoreError(
        'not-a-store',
        `${layout.folder} holds a journal, but ${layout.format} is missing: put it back`,
      )
    return note(files, layout, current)
  }
  const [line, version] = Buffer.from(bytes).toString('latin1').split('\n')
  const number = Number(/^version (\d{1,6})$/.exec(version ?? '')?.[1] ?? Number.NaN)
  if (line !== firstLine || Number.isNaN(number))
    throw new StoreError('not-a-store', `${layout.format} cannot be read: ${layout.folder} is not a store of postglass`)
  if (number > current)
    throw new StoreError(
      'newer-format',
      `${layout.folder} was written by a newer postglass (format ${number}, this one knows ${current}): use that one`,
    )
  for (let at = number; at < current; at++) {
    const step = steps.find(({ from }) => from === at)
    if (!step) throw new StoreError('not-a-store', `there is no way from format ${at} to ${current}`)
    step.run(files, layout)
    note(files, layout, at + 1)
  }
}

function note(files: FilePort, layout: Layout, version: number): void {
  writeWhole(files, layout.format, new TextEncoder().encode(`${firstLine}\nversion ${version}\n`))
}
