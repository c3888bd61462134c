/** How a statement of the corpus is held against a document: names in camelCase, a missing field reads as nothing. */

export type Value = string | number | boolean | null | readonly Value[] | Fields
export interface Fields {
  readonly [name: string]: Value
}

export function isObject(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

/** All names of a value in camelCase. */
export function camelCased(value: Value): Value {
  if (isList(value)) return value.map(camelCased)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(item),
    ]),
  )
}

/** A field that is left out where it has nothing to say: false, 0, empty, unknown. */
function saysNothing(value: Value | undefined): boolean {
  return (
    value === undefined || value === null || value === false || value === 0 || (isList(value) && value.length === 0)
  )
}

/**
 * What differs, as `path: expected / got`. All that is stated must be there. Inside a list or a dialogue nothing may
 * be there that is not stated; at the top of a conversation we may say more.
 */
export function differences(stated: Value, got: Value | undefined, path: string, exact = false): string[] {
  if (isList(stated)) return listDifferences(stated, got, path)
  if (isObject(stated)) {
    if (!isObject(got)) return saysNothing(got) && Object.keys(stated).length === 0 ? [] : [told(path, stated, got)]
    const names = exact ? new Set([...Object.keys(stated), ...Object.keys(got)]) : new Set(Object.keys(stated))
    return [...names].flatMap((name) => {
      const inner = path === '' ? name : `${path}.${name}`
      if (saysNothing(stated[name]) && saysNothing(got[name])) return []
      const value = stated[name]
      if (value === undefined) return [told(inner, undefined, got[name])]
      return differences(value, got[name], inner, exact || path !== '' || name.startsWith('dialogue'))
    })
  }
  return stated === got || (saysNothing(stated) && saysNothing(got)) ? [] : [told(path, stated, got)]
}

function listDifferences(stated: readonly Value[], got: Value | undefined, path: string): string[] {
  const list = isList(got) ? got : []
  const found = stated.length === list.length ? [] : [told(`${path}.length`, stated.length, list.length)]
  const most = Math.max(stated.length, list.length)
  for (let index = 0; index < most && found.length < 20; index++) {
    const value = stated[index]
    const inner = `${path}[${index}]`
    if (value === undefined) found.push(told(inner, undefined, list[index]))
    else found.push(...differences(value, list[index], inner, true))
  }
  return found
}

function told(path: string, stated: Value | undefined, got: Value | undefined): string {
  const short = (value: Value | undefined): string => (JSON.stringify(value) ?? 'nothing').slice(0, 160)
  return `${path}: ${short(stated)} / ${short(got)}`
}
