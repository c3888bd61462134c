/** As much of JSON Schema as docs/schemas/ uses: type, enum, properties, required, additionalProperties, items, $ref. */

export interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

/** What does not fit, as `path: fault`. */
export function schemaFaults(value: unknown, schema: Schema, root: Schema = schema, path = ''): string[] {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')]
    return target === undefined ? [`${path}: no ${schema.$ref}`] : schemaFaults(value, target, root, path)
  }
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) return [`${path}: no ${types.join(' or ')}`]
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${path}: ${JSON.stringify(value)} is none of the enum`]
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined
      ? []
      : value.flatMap((item, index) => schemaFaults(item, items, root, `${path}[${index}]`))
  }
  return typeof value === 'object' && value !== null ? objectFaults(value, schema, root, path) : []
}

function objectFaults(value: object, schema: Schema, root: Schema, path: string): string[] {
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${path}.${name}: missing`)
  const found = Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const own = schema.properties?.[name] ?? schema.additionalProperties
    if (own === undefined || own === true) return []
    return own === false ? [`${path}.${name}: not documented`] : schemaFaults(item, own, root, `${path}.${name}`)
  })
  return [...missing, ...found]
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return typeof value === type
  }
}
