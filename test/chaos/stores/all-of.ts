import type {FaultProxy} from '../../support/proxy.ts'

/** Several proxies that break connections together. */
export function allOf(proxies: FaultProxy[]): FaultProxy {
  const [first] = proxies
  const each =
    <A extends unknown[]>(act: (proxy: FaultProxy, ...args: A) => void) =>
    (...args: A) => {
      for (const proxy of proxies) act(proxy, ...args)
    }
  return {
    port: first.port,
    get connections() {
      return proxies.reduce((sum, proxy) => sum + proxy.connections, 0)
    },
    cut: each((proxy) => proxy.cut()),
    blackhole: each((proxy, what: boolean | 'replies') => proxy.blackhole(what)),
    delay: each((proxy, ms: number) => proxy.delay(ms)),
    dribble: each((proxy, bytes: number) => proxy.dribble(bytes)),
    refuse: each((proxy, on: boolean) => proxy.refuse(on)),
    onRequest: (pattern, action, times) =>
      Promise.race(proxies.map((proxy) => proxy.onRequest(pattern, action, times))),
    forget: each((proxy) => proxy.forget()),
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}
