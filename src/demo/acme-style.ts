/** Acme's stylesheet: deliberately nothing like Signet's. Contrast of all pairs is at least 4.5 in both schemes. */
export const ACME_CSS = `:root{color-scheme:light dark;
--paper:#fbf5ea;--sheet:#fffdf8;--ink:#2a2118;--soft:#675a4b;--line:#8a7a66;--faint:#e3d7c3;--green:#0b5d45;--on-green:#fff;--red:#9b2c12;--red-soft:#fbe6dd;--yellow:#fff0c2}
@media (prefers-color-scheme:dark){:root{--paper:#1b1712;--sheet:#241f18;--ink:#f1e8da;--soft:#bfb09c;--line:#93836e;--faint:#3b3227;--green:#7fd6b4;--on-green:#0d2a20;--red:#ffae94;--red-soft:#43201a;--yellow:#3d3414}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1.0625rem/1.6 Georgia,"Times New Roman",serif;overflow-wrap:anywhere}
h1,h2{line-height:1.25;margin:0}h1{font-size:1.75rem}h2{font-size:1.25rem}
p,ul,dl,dd{margin:0}a{color:var(--green);text-underline-offset:.2em}
code,pre{font:.8125rem/1.55 "DejaVu Sans Mono",Menlo,Consolas,monospace}
:focus-visible{outline:3px solid var(--red);outline-offset:2px}
.ribbon{background:var(--yellow);color:var(--ink);padding:.4rem 1rem;text-align:center;font-size:.9375rem;border-bottom:2px dashed var(--line)}
.head{background:var(--green);color:var(--on-green)}
.bar{max-width:60rem;margin:0 auto;padding:.75rem 1rem;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;justify-content:space-between}
.head a{color:inherit;display:inline-block;padding:.35rem 0}.name{font-size:1.375rem;font-weight:700;font-style:italic;text-decoration:none}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem}
section{background:var(--sheet);border:2px dashed var(--line);padding:1.25rem;display:grid;grid-template-columns:minmax(0,1fr);gap:.9rem}
.lead{display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--faint)}
th{font-weight:700}.num{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}
.facts{display:grid;grid-template-columns:minmax(8rem,14rem) minmax(0,1fr);gap:.4rem 1rem}.facts dt{color:var(--soft)}
.ticks{list-style:none;padding:0;display:grid;gap:.6rem}.ticks li{padding-left:1.75rem;position:relative}.ticks li::before{content:"\\2713";position:absolute;left:0;color:var(--green);font-weight:700}
.small{color:var(--soft);font-size:.9375rem}
.breaks{list-style:none;padding:0;display:grid;gap:1rem}.breaks li{display:grid;gap:.25rem}
button,.go{font:inherit;font-weight:700;min-height:2.75rem;padding:.4rem 1.25rem;border:2px solid var(--green);background:transparent;color:var(--green);cursor:pointer;text-decoration:none;display:inline-flex;align-items:center}
.go,.main{background:var(--green);color:var(--on-green)}.bad{border-color:var(--red);color:var(--red)}
button:hover,.go:hover{text-decoration:underline}
.alert{background:var(--red-soft);border:2px solid var(--red)}
pre{margin:0;padding:.75rem;background:var(--paper);border:1px solid var(--faint);overflow-x:auto;white-space:pre}
summary{cursor:pointer;font-weight:700;min-height:1.75rem}
details>*+*{margin-top:.75rem}
footer{max-width:60rem;margin:0 auto;padding:0 1rem 2rem;color:var(--soft);font-size:.9375rem}
@media (max-width:36rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.6rem}.stack thead{position:absolute;left:-999rem}.stack tr,.stack td{display:block;border:0;padding:0}.stack tr{border-bottom:1px solid var(--faint);padding:.5rem 0}.num{text-align:left}}
@media (forced-colors:active){section,button,.go{border-color:CanvasText}}
`;
