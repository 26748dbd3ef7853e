import type {Route} from './view.ts'

/** All views of the page; the first whose pattern fits is shown. */
export const ROUTES: Route[] = [
  {pattern: '/', load: () => import('./overview.ts')},
  {pattern: '/queue/:queue', load: () => import('./queue.ts')},
  {pattern: '/queue/:queue/dead-letters', load: () => import('./letters/letters.ts')},
  {pattern: '/queue/:queue/dead-letters/:id', load: () => import('./letters/letter.ts')},
  {pattern: '/operations', load: () => import('./operations/operations.ts')},
  {pattern: '/operations/:id', load: () => import('./operations/operation.ts')},
  {pattern: '/server', load: () => import('./server.ts')},
  {pattern: '/audit', load: () => import('./audit.ts')},
]
