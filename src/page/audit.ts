import {h} from './dom.ts'
import type {View} from './view.ts'

export function open(): View {
  return {node: h('section', {}, h('h1', {tabindex: -1}, 'Audit')), title: 'Audit', close() {}}
}
