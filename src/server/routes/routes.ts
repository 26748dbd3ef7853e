import type {AddRoutes} from '../server.ts'
import {addHealth} from './health.ts'
import {addOpenApi} from './openapi.ts'
import {addPage} from './page.ts'

/** Every route. */
export const ROUTES: readonly AddRoutes[] = [addPage, addHealth, addOpenApi]
