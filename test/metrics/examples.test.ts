import {readdirSync, readFileSync} from 'node:fs'
import {beforeAll, describe, expect, it} from 'vitest'
import {parseAllDocuments} from 'yaml'
import {exported} from './exported.ts'
import {namesIn} from './promql.ts'

const FOLDERS = ['grafana', 'keda', 'kubernetes', 'prometheus']

/** Labels that Prometheus itself adds. */
const OF_TARGETS = ['job', 'instance']

// biome-ignore lint/suspicious/noExplicitAny: documents of other programs
type Document = any

/** Documents of a file of YAML. @throws if it is not YAML, or gives a key twice */
function documents(file: string): Document[] {
  return parseAllDocuments(readFileSync(`examples/${file}`, 'utf8'), {uniqueKeys: true}).map((one) => {
    for (const error of one.errors) throw error
    return one.toJS()
  })
}

let metrics: Map<string, Set<string>>
beforeAll(async () => {
  metrics = await exported()
})

/** Checks that an expression names only metrics that are exported, and labels that they have. */
function check(expression: string): void {
  const plain = expression.replaceAll('$__rate_interval', '5m')
  const {metrics: names, labels} = namesIn(plain)
  expect(names.size, expression).toBeGreaterThan(0)
  const known = new Set(OF_TARGETS)
  for (const name of names) {
    expect([...metrics.keys()], expression).toContain(name)
    for (const label of metrics.get(name) ?? []) known.add(label)
  }
  for (const label of labels) expect([...known], expression).toContain(label)
}

describe('the examples', () => {
  it('are all looked at here', () => {
    const files = FOLDERS.flatMap((folder) =>
      readdirSync(`examples/${folder}`).map((name) => `${folder}/${name}`),
    )
    expect(files.sort()).toEqual([
      'grafana/qtool.json',
      'keda/scaledobject.yaml',
      'kubernetes/hpa.yaml',
      'kubernetes/serve.yaml',
      'kubernetes/worker.yaml',
      'prometheus/alerts.yml',
      'prometheus/scrape.yml',
    ])
  })

  it('show in Grafana only what is exported', () => {
    const {panels, templating}: Document = JSON.parse(readFileSync('examples/grafana/qtool.json', 'utf8'))
    expect(panels.length).toBeGreaterThanOrEqual(12)
    expect(new Set(panels.map(({id}: Document) => id)).size).toBe(panels.length)
    for (const {targets} of panels) for (const {expr} of targets) check(expr)
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(templating.list[1].query.query) ?? []
    expect([...(metrics.get(metric) ?? [])]).toContain(label)
  })

  it('put no two panels in one place', () => {
    const {panels}: Document = JSON.parse(readFileSync('examples/grafana/qtool.json', 'utf8'))
    const cells = panels.flatMap(({gridPos: {x, y, w, h}}: Document) =>
      Array.from({length: w * h}, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })

  it('raise alerts by what is exported, and say what to do', () => {
    const [{groups}] = documents('prometheus/alerts.yml')
    const rules: Document[] = groups.flatMap((group: Document) => group.rules)
    expect(rules.length).toBeGreaterThanOrEqual(8)
    for (const {alert, expr, labels, annotations} of rules) {
      check(expr)
      expect(['warning', 'critical'], alert).toContain(labels.severity)
      const shown = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
      for (const label of shown) expect([...labelsOf(expr)], alert).toContain(label)
      expect(annotations.action, alert).toBeTruthy()
    }
  })

  it('scale by what the server says, with KEDA', () => {
    const [{spec}, auth] = documents('keda/scaledobject.yaml')
    const [{type, metadata, authenticationRef}] = spec.triggers
    expect([type, metadata.authMode, metadata.valueLocation]).toEqual([
      'metrics-api',
      'bearer',
      'wantedWorkers',
    ])
    expect(new URL(metadata.url).pathname).toBe('/queue/orders/scale')
    expect(authenticationRef.name).toBe(auth.metadata.name)
    expect(spec.cooldownPeriod).toBeGreaterThan(30)
    expect(metadata.targetValue).toBe(flagOf(workerContainer(), 'workers'))
  })

  it('scale by what is exported, with an HPA', () => {
    const [{spec}] = documents('kubernetes/hpa.yaml')
    const [{external}] = spec.metrics
    const labels = metrics.get(external.metric.name)
    for (const label of Object.keys(external.metric.selector.matchLabels))
      expect([...(labels ?? [])]).toContain(label)
    expect(external.target.averageValue).toBe(flagOf(workerContainer(), 'workers'))
    expect(spec.scaleTargetRef.name).toBe(documents('kubernetes/worker.yaml')[0].metadata.name)
  })

  it('let a worker finish its leases before it is killed', () => {
    const [{spec}] = documents('kubernetes/worker.yaml')
    const {terminationGracePeriodSeconds} = spec.template.spec
    const [, lease] = /^(\d+)s$/.exec(flagOf(workerContainer(), 'lease')) ?? []
    expect(terminationGracePeriodSeconds).toBeGreaterThan(Number(lease))
  })

  it('probe the paths that there are', () => {
    for (const file of ['worker', 'serve']) {
      const [{spec}] = documents(`kubernetes/${file}.yaml`)
      const [{livenessProbe, readinessProbe}] = spec.template.spec.containers
      expect([livenessProbe.httpGet.path, readinessProbe.httpGet.path]).toEqual(['/healthz', '/readyz'])
    }
  })

  it('start commands with flags that they have', () => {
    const {commands}: Document = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))
    for (const file of ['worker', 'serve']) {
      const [{spec}] = documents(`kubernetes/${file}.yaml`)
      const [command, ...flags]: string[] = spec.template.spec.containers[0].args
      for (const flag of flags)
        expect(Object.keys(commands[command].flags)).toContain(flag.slice(2).split('=')[0])
    }
  })

  it('are scraped with the token', () => {
    const [{scrape_configs: jobs}] = documents('prometheus/scrape.yml')
    expect(jobs[0].authorization.type).toBe('Bearer')
  })
})

function workerContainer(): Document {
  return documents('kubernetes/worker.yaml')[0].spec.template.spec.containers[0]
}

function flagOf({args}: Document, name: string): string {
  return args.find((arg: string) => arg.startsWith(`--${name}=`)).slice(name.length + 3)
}

function labelsOf(expression: string): Set<string> {
  return new Set([...namesIn(expression).metrics].flatMap((name) => [...(metrics.get(name) ?? [])]))
}

describe('a name that does not exist', () => {
  it.each([
    ['qtool_queue_itms > 1', 'metric'],
    ['sum by (queu) (qtool_queue_items)', 'label'],
    ['qtool_queue_items{stat="ready"}', 'label'],
    ['sum(rate(qtool_records[5m]))', 'metric'],
  ])('is found in %s', (expression) => {
    expect(() => check(expression)).toThrow()
  })

  it.each(['sum(a', 'a)', 'a{b="c"', 'a ? b'])(
    'is not read from %s, which is no expression',
    (expression) => {
      expect(() => namesIn(expression)).toThrow()
    },
  )
})
