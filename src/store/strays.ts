/** Files that nothing names: left by a crash between a file and the record that was to name it. */
import { join } from 'node:path'
import type { FilePort } from './disk/port.ts'
import type { IndexReader } from './index/read.ts'
import { type Layout, bodiesFolder, sealedFolder, sealedNames } from './layout.ts'

/** Names (below the store's folder) of stray files, keys of recordings first. */
export function findStrays(files: FilePort, layout: Layout, reader: IndexReader): readonly string[] {
  const named = reader.files()
  const bodies = files.list(layout.bodies).map((name) => join(bodiesFolder, name))
  const sealed = new Set([...reader.sealed()].map(sealedNames).flatMap(({ keys, bytes }) => [keys, bytes]))
  const stories = files.list(layout.stories).map((name) => join(sealedFolder, name))
  const strays = stories.filter((name) => /\.(keys|bytes)$/.test(name) && !sealed.has(name))
  return [...strays.sort().reverse(), ...bodies.filter((name) => !named.has(name))]
}

/** Removes them; only when nothing is under way. */
export function removeStrays(files: FilePort, layout: Layout, reader: IndexReader): void {
  for (const name of findStrays(files, layout, reader)) files.remove(join(layout.folder, name))
}
