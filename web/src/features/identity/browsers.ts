const BROWSERS = [
  [/YaBrowser\//, 'Yandex'],
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const
const SYSTEMS = [
  [/Windows/, 'Windows'],
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
] as const

const found = (names: readonly (readonly [RegExp, string])[], agent: string) =>
  names.find(([pattern]) => pattern.test(agent))?.[1]

/** "Firefox, Windows" of what a browser calls itself; a program's own name as it is. */
export function browserOf(agent: string): string | undefined {
  const named = [found(BROWSERS, agent), found(SYSTEMS, agent)].filter(Boolean)
  return named.length > 0 ? named.join(', ') : agent.split(/[\s(]/)[0] || undefined
}
