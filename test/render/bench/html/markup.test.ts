import {describe, expect, it} from 'vitest'
import {html} from '../../../../src/render/bench/html/markup.ts'

describe('markup', () => {
  it('escapes every string that is put in', () => {
    const evil = `<b a="1" b='2'>&amp;`
    expect(html`<p title="${evil}">${evil}</p>`.toString()).toBe(
      '<p title="&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;">&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;</p>',
    )
  })

  it('leaves markup, lists of it, numbers and nothing as they are', () => {
    expect(html`<ul>${['a<', 'b'].map((text) => html`<li>${text}</li>`)}${null}${4}</ul>`.toString()).toBe(
      '<ul><li>a&lt;</li><li>b</li>4</ul>',
    )
  })

  it('replaces what XML has no way to write', () => {
    expect(html`${'\u0000 \u001b \u202e \ud800 \uffff 😀'}`.toString()).toBe(
      '\\u0000 \\u001b \\u202e \ufffd \ufffd 😀',
    )
  })
})
