import {askToken} from './ask-token.ts'
import {fill, h} from './dom.ts'
import {matchPlace, type Place, to} from './router.ts'
import {ROUTES} from './routes.ts'
import type {Route, View} from './view.ts'

const outlet = h('main', {id: 'main', tabindex: -1})
let shown: {view: View; path: string} | undefined
let navigation = 0

/** Shows the view of the address, now and whenever it changes. @returns where views appear */
export function startViews(): HTMLElement {
  addEventListener('hashchange', () => void navigate({focus: true}))
  addEventListener('unauthorized', () => {
    // Somebody may be typing it: whatever else is refused meanwhile must not empty the field
    if (outlet.querySelector('form.token')) return
    leave()
    fill(
      outlet,
      askToken(() => void navigate({focus: false})),
    )
    outlet.querySelector('input')?.focus()
  })
  void navigate({focus: false})
  return outlet
}

/** @param focus whether the heading of the view is focused, so that screen readers say where they are */
async function navigate({focus}: {focus: boolean}): Promise<void> {
  const mine = ++navigation
  const found = findRoute(location.hash)
  if (!found) return showNowhere()
  const {route, place} = found
  if (shown?.path === place.path && shown.view.moved) return shown.view.moved(place)
  try {
    const {open} = await route.load()
    if (mine !== navigation) return
    leave()
    show(open(place), place.path)
    if (focus) outlet.querySelector<HTMLElement>('h1')?.focus({preventScroll: true})
  } catch (error) {
    showFailure(error)
  }
}

function findRoute(hash: string): {route: Route; place: Place} | undefined {
  for (const route of ROUTES) {
    const place = matchPlace(route.pattern, hash)
    if (place) return {route, place}
  }
  return undefined
}

function show(view: View, path: string): void {
  shown = {view, path}
  fill(outlet, view.node)
  scrollTo(0, 0)
  document.title = `${view.title} · qtool`
  dispatchEvent(new Event('viewchange'))
}

function leave(): void {
  shown?.view.close()
  shown = undefined
}

function showNowhere(): void {
  leave()
  fill(
    outlet,
    h('h1', {tabindex: -1}, 'There is nothing here'),
    h('p', {}, 'No view has the address ', h('code', {}, location.hash), '.'),
    h('p', {}, h('a', {href: to.overview}, 'All queues')),
  )
}

/** The module of a view did not come, because the server is away or has been updated. */
function showFailure(error: unknown): void {
  leave()
  fill(
    outlet,
    h('h1', {tabindex: -1}, 'This view did not load'),
    h('p', {}, error instanceof Error ? error.message : String(error)),
    h('button', {type: 'button', on: {click: () => location.reload()}}, 'Load the page again'),
  )
}
