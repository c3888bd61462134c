/** What lies where in a store's folder. */
import { join } from 'node:path'

export interface Layout {
  readonly folder: string
  readonly journal: string
  /** Bodies above 1 MiB. */
  readonly bodies: string
  readonly stories: string
  readonly index: string
  readonly lock: string
  readonly format: string
  /** What seals the recordings; a backup leaves it out. */
  readonly key: string
}

export function layoutOf(folder: string): Layout {
  return {
    folder,
    journal: join(folder, 'journal'),
    bodies: join(folder, 'bodies'),
    stories: join(folder, 'stories'),
    index: join(folder, 'index.db'),
    lock: join(folder, 'lock'),
    format: join(folder, 'format'),
    key: join(folder, 'stories', 'key'),
  }
}

export const sealedFolder = 'stories'
export const bodiesFolder = 'bodies'

/** Names (below the store's folder) of a story's two sealed files; keys are deleted first, safety.md 11. */
export function sealedNames(id: string): { readonly keys: string; readonly bytes: string } {
  return { keys: join(sealedFolder, `${id}.keys`), bytes: join(sealedFolder, `${id}.bytes`) }
}
