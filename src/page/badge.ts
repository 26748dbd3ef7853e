import {get} from './api.ts'
import {fill, h, setAttribute} from './dom.ts'
import type {ServerView} from './server-view.ts'

type Profile = NonNullable<ServerView['profile']>

/** The mode of the profile; undefined until it is known. */
let mode: Profile['mode'] | undefined

/** Whether what is shown belongs to production, so that whoever changes it types its name. */
export function isProduction(): boolean {
  return mode === 'production'
}

/** Names the profile that the server works with; red for production. */
export function makeBadge(): HTMLElement {
  const node = h('span', {class: 'badge', hidden: true})
  const read = async () => {
    const {profile} = await get<ServerView>('server')
    mode = profile?.mode
    node.hidden = !profile
    if (!profile) return
    node.dataset.mode = profile.mode
    setAttribute(node, 'title', `profile ${profile.name}, ${profile.mode}`)
    fill(node, profile.name, profile.mode !== 'normal' && h('span', {class: 'mode'}, ` · ${profile.mode}`))
  }
  // The views say what is wrong; a badge need not say it again
  const tryToRead = () => void read().catch(() => {})
  addEventListener('tokengiven', tryToRead)
  tryToRead()
  return node
}
