import type {Place} from './router.ts'

/** One view of the page, as long as the user looks at it. */
export interface View {
  node: HTMLElement
  /** For the tab, e.g. `orders`. */
  title: string
  /** Ends its streams and keys. */
  close(): void
  /** Called if only the query of the address has changed; without it the view is opened anew. */
  moved?(place: Place): void
}

/** Every module of a view exports `open`. It shows something at once, and reads what it needs afterwards. */
export interface ViewModule {
  open(place: Place): View
}

/** Where each view is, and how its code is loaded: only when somebody goes there. */
export interface Route {
  /** e.g. `/queue/:queue` */
  pattern: string
  load(): Promise<ViewModule>
}
