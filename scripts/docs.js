/** `npm run docs`: the generated pages of docs/. */
import { node, run, setUp } from './setup.js'

await setUp({ build: false })
const { code, output } = await run(node(), ['scripts/rfc.js'])
process.stdout.write(output)
process.exitCode = code
