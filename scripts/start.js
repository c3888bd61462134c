/** `npm start`: set-up, then the mail host with its demonstration. Options after `--` are those of `postglass up`. */
import { join } from 'node:path'
import { become, root, setUp } from './setup.js'

await setUp()
become([join(root, 'bin/postglass.js'), 'up', '--demo', ...process.argv.slice(2)])
