/** What the stylesheets of the sample applications have in common: sizes, order, behaviour. How each looks is its own. */
export const BASE_CSS = `*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere}
h1,h2{line-height:1.25;margin:0}p,ul,dl,dd{margin:0}a{color:var(--accent);text-underline-offset:.2em}
code,pre{font:.8125rem/1.55 "DejaVu Sans Mono",Menlo,Consolas,monospace}
:focus-visible{outline:3px solid var(--bad);outline-offset:2px}
main,section,.lead{display:grid;grid-template-columns:minmax(0,1fr);gap:.9rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--faint)}
th{font-weight:700}.wide{overflow-x:auto}
.facts{display:grid;grid-template-columns:minmax(8rem,14rem) minmax(0,1fr);gap:.4rem 1rem}.facts dt{color:var(--soft)}
.ticks{list-style:none;padding:0;display:grid;gap:.6rem}.ticks li{padding-left:1.75rem;position:relative}.ticks li::before{content:"\\2713";position:absolute;left:0;color:var(--accent);font-weight:700}
.small{color:var(--soft);font-size:.9375rem}
.breaks{list-style:none;padding:0;display:grid;gap:1rem}.breaks li{display:grid;gap:.25rem}
.row{display:flex;flex-wrap:wrap;gap:.75rem}
button,.go{font:inherit;font-weight:700;min-height:2.75rem;padding:.4rem 1.25rem;border:2px solid var(--accent);background:transparent;color:var(--accent);cursor:pointer;text-decoration:none;display:inline-flex;align-items:center}
.go{background:var(--accent);color:var(--on-accent)}.bad{border-color:var(--bad);color:var(--bad)}
button:hover,.go:hover{text-decoration:underline}
pre{margin:0;padding:.75rem;background:var(--paper);border:1px solid var(--faint);overflow-x:auto;white-space:pre}
summary{cursor:pointer;font-weight:700;min-height:1.75rem}
details>*+*{margin-top:.75rem}
@media (max-width:36rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.6rem}.stack thead{position:absolute;left:-999rem}.stack tr,.stack td{display:block;border:0;padding:0}.stack tr{border-bottom:1px solid var(--faint);padding:.5rem 0}}
@media (forced-colors:active){section,button,.go{border-color:CanvasText}}
`;
