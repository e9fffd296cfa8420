/** Of the page: the system's own letters, and colours for light and for dark. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fdfdfb; --ink: #1d2126; --soft: #5c6570; --line: #dfe2e6; --card: #f4f5f3; --now: #2467c4; --bar: #2467c4; --then: #d1730a; --better: #17703a; --worse: #b3261e; font: 17px/1.6 system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e6e8eb; --soft: #9aa3ad; --line: #32383f; --card: #1e2328; --now: #76acf2; --bar: #4d8bdc; --then: #f0a040; --better: #6fce93; --worse: #f2938c } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink) }
main { max-width: 46rem; margin: 0 auto; padding: 3.5rem 1.25rem 5rem }
h1 { font-size: 2.3rem; line-height: 1.15; letter-spacing: -.02em; margin: .2rem 0 1rem; text-wrap: balance }
h2 { font-size: 1.35rem; line-height: 1.25; letter-spacing: -.01em; margin: 0 0 .6rem }
section { margin-top: 3.5rem }
p { margin: 0 0 .8rem; text-wrap: pretty } .lead { font-size: 1.15rem }
.kicker, .note, figcaption, small { color: var(--soft); font-size: .85rem } .kicker { margin: 0 }
code, pre { font: .86em/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
pre { background: var(--card); border-radius: .5rem; padding: 1rem; overflow: auto }
figure { margin: 1.2rem 0 0 } figcaption { margin-top: .5rem }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; fill: var(--soft) } svg.square { max-width: 20rem }
.bar { fill: var(--bar) } .grid { stroke: var(--line) } .before { fill: none; stroke: var(--then); stroke-width: 2; stroke-linejoin: round }
.dot { fill: var(--now) } .gap { stroke: var(--now); stroke-width: 2; opacity: .5 } .equal { stroke: var(--soft); stroke-dasharray: 4 4 }
.key { display: inline-block; width: 1rem; height: .7rem; border-radius: 2px; margin: 0 .35rem 0 0 } .key.now { background: var(--bar) } .key.then { border: 2px solid var(--then); margin-left: 1.2rem }
.figures { display: grid; grid-template-columns: repeat(6, 1fr); gap: .75rem; margin: 2rem 0 0 } .figures div { grid-column: span 2 } .figures div:nth-child(n+4) { grid-column: span 3 }
.figures div { background: var(--card); border-radius: .6rem; padding: .8rem 1rem } dt { font-size: .85rem; color: var(--soft) } dd { margin: 0 }
.figures strong { font-size: 1.6rem; line-height: 1.3; font-weight: 650; letter-spacing: -.02em; white-space: nowrap } .figures em, .figures dd > small:last-child { display: block; font-style: normal; font-size: .8rem; line-height: 1.35; color: var(--soft); margin-top: .3rem }
.better, .figures .better { color: var(--better) } .worse, .figures .worse { color: var(--worse) }
table { border-collapse: collapse; width: 100%; font-size: .92rem } th, td { text-align: left; vertical-align: top; padding: .55rem .6rem .55rem 0; border-bottom: 1px solid var(--line) }
thead th { font-size: .8rem; color: var(--soft); font-weight: 500; white-space: nowrap } th[scope] { font-weight: 600 } th small { display: block; font-weight: 400; line-height: 1.35 }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums } th.bars, td.bars { padding-left: .8rem } td.bars { min-width: 9rem; font-variant-numeric: tabular-nums } .none td { color: var(--soft) } .wide { overflow-x: auto; margin-bottom: .8rem }
div.bar { position: relative; height: .55rem; margin: .5rem 0 .25rem; background: var(--line); border-radius: 3px } div.bar i { position: absolute; inset: 0 auto 0 0; background: var(--bar); border-radius: 3px } div.bar b { position: absolute; top: -.2rem; bottom: -.2rem; width: 3px; margin-left: -1px; background: var(--then) }
.beside { display: grid; grid-template-columns: 1fr 20rem; gap: 2rem } .beside figure { margin: 0 }
img { display: block; max-width: 100%; height: auto; border-radius: .5rem; background: #fff } .gallery figure + figure { margin-top: 1.8rem } .gallery + h2 { margin-top: 2.5rem } .gallery strong { color: var(--ink) }
.origin th { width: 11rem; font-weight: 500; color: var(--soft) } summary { cursor: pointer; margin: 1rem 0 } ul { padding-left: 1.2rem } li { margin-bottom: .35rem }
@media (max-width: 40rem) { :root { font-size: 16px } main { padding-top: 2rem } h1 { font-size: 1.9rem } .beside { grid-template-columns: 1fr } .figures { grid-template-columns: 1fr 1fr } .figures div, .figures div:nth-child(n+4) { grid-column: auto } .figures div:last-child { grid-column: span 2 } .origin th { width: 7rem } svg:not(.square) { font-size: 21px } .pictures img { border-radius: .3rem }
.wide thead { display: none } .wide tr { display: grid; grid-template-columns: auto 1fr auto auto; column-gap: 1rem; border-bottom: 1px solid var(--line); padding: .5rem 0 } .wide th { grid-column: 1 / -1 } .wide th, .wide td { border: 0; padding: .15rem 0; min-width: 0 } .number[data-of] { text-align: left } .number[data-of]::after { content: attr(data-of); display: block; font-size: .75rem; color: var(--soft) } }
`;
