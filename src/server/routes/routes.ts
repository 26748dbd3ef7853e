import type {AddRoutes} from '../server.ts'
import {addAdmin} from './admin.ts'
import {addEvents} from './events.ts'
import {addHealth} from './health.ts'
import {addItems} from './items.ts'
import {addLetterChanges} from './letter-changes.ts'
import {addLetters} from './letters.ts'
import {addLooks} from './looks.ts'
import {addOpenApi} from './openapi.ts'
import {addOperations} from './operations.ts'
import {addPage} from './page.ts'
import {addQueues} from './queues.ts'
import {addServer} from './server.ts'

/** Every route. */
export const ROUTES: readonly AddRoutes[] = [
  addPage,
  addHealth,
  addQueues,
  addEvents,
  addItems,
  addLetters,
  addLetterChanges,
  addOperations,
  addLooks,
  addAdmin,
  addServer,
  addOpenApi,
]
