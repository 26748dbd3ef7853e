// Puts what browsers get of the page beside its compiled modules, in dist/page: the document, one style sheet made of
// all in src/page/styles, and the library for charts.
import {copyFileSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const from = join(root, 'src', 'page')
const to = join(root, 'dist', 'page')
const uplot = join(root, 'node_modules', 'uplot', 'dist')

copyFileSync(join(uplot, 'uPlot.esm.js'), join(to, 'uplot.js'))

const own = readdirSync(join(from, 'styles')).sort()
const sheets = [join(uplot, 'uPlot.min.css'), ...own.map((name) => join(from, 'styles', name))]
writeFileSync(join(to, 'app.css'), sheets.map((path) => readFileSync(path, 'utf8')).join('\n'))

// Else a browser would learn of each module only from the one that imports it, one round trip after the other
const links = modulesOf(...['main.js', 'overview.js', 'queue.js'].map((name) => join(to, name)))
  .map((path) => `<link rel="modulepreload" href="assets/${path.slice(to.length + 1)}">`)
  .join('\n    ')
const document = readFileSync(join(from, 'index.html'), 'utf8')
writeFileSync(join(to, 'index.html'), document.replace('<!-- modules -->', links))

/** Modules, and all that they import statically. */
function modulesOf(...entries) {
  const found = new Set(entries)
  const visit = (path) => {
    for (const [, name] of readFileSync(path, 'utf8').matchAll(/^(?:import|export) .*?from '(\.[^']+)'/gm)) {
      const next = resolve(dirname(path), name)
      if (found.has(next)) continue
      found.add(next)
      visit(next)
    }
  }
  for (const entry of entries) visit(entry)
  return [...found]
}
