/** `npm run build`: packages where they are missing, then `dist/`. */
import { setUp } from './setup.js'

await setUp()
