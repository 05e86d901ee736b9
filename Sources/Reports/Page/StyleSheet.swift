/// How a report looks: light and dark, on paper, from the width of a phone on.
package enum StyleSheet {
  // Lines are Okabe and Ito's colours ("Color Universal Design", 2008), lighter where the page is dark.
  package static let text: StaticString = """
    :root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;--card:#f6f8fa;--link:#0a58a8;--alarm:#a40e26;
    --c0:#0072b2;--c1:#c98300;--c2:#009e73;--c3:#3a9bd6;--c4:#d55e00;--c5:#b8568c;--c6:#1b1f24;--c7:#8f8400}
    @media (prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#9aa5b1;--rule:#30363d;--card:#161b22;--link:#79b8ff;--alarm:#ff7b72;
    --c0:#4aa3e0;--c1:#e69f00;--c2:#2fc79b;--c3:#9ad7f5;--c4:#ff8a3d;--c5:#e59cc4;--c6:#e6edf3;--c7:#f0e442}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
    a{color:var(--link)}
    :focus-visible{outline:3px solid var(--c1);outline-offset:2px}
    .skip{position:absolute;left:-999rem}.skip:focus{left:.5rem;top:.5rem;background:var(--page);padding:.5rem;z-index:2}
    .frame{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:2rem;max-width:84rem;margin:0 auto;padding:1.5rem}
    nav{position:sticky;top:1rem;align-self:start;max-height:calc(100vh - 2rem);overflow:auto;font-size:.87rem}
    nav ul{list-style:none;margin:0;padding:0}nav li li{padding-left:.8rem}
    nav a{display:block;padding:.1rem .3rem;text-decoration:none;overflow-wrap:anywhere}nav a:hover{text-decoration:underline}
    h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem;overflow-wrap:anywhere}
    h2{font-size:1.25rem;margin:2.4rem 0 .7rem;padding-bottom:.25rem;border-bottom:1px solid var(--rule)}
    h3{font-size:1.05rem;margin:1.3rem 0 .4rem;overflow-wrap:anywhere}h4{font-size:.95rem;margin:1rem 0 .3rem}
    p{margin:.4rem 0}.note,.soft{color:var(--soft)}.alarm{color:var(--alarm)}
    code,pre,.mono{font:.87em/1.45 ui-monospace,"Cascadia Mono","Liberation Mono",monospace}
    pre{margin:.5rem 0;padding:.6rem .8rem;background:var(--card);border:1px solid var(--rule);border-radius:6px;overflow:auto}
    .strip{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.7rem;margin:1rem 0;padding:0;list-style:none}
    .strip li{padding:.5rem .8rem;background:var(--card);border:1px solid var(--rule);border-radius:6px;overflow-wrap:anywhere}
    .strip b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
    .facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;margin:.5rem 0}
    .facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
    .scroll{overflow-x:auto;max-width:100%}
    table{border-collapse:collapse;font-size:.87rem;margin:.4rem 0}
    caption{text-align:left;color:var(--soft);white-space:nowrap}
    th,td{text-align:left;padding:.2rem .7rem .2rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
    th{font-weight:600}.right{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    .stage-card{margin:1rem 0;padding:.9rem 1rem;border:1px solid var(--rule);border-radius:8px}
    .stage-card h3{margin:0}.stage-card header{display:flex;flex-wrap:wrap;gap:.2rem .8rem;align-items:baseline}
    .badge{font-size:.78rem;padding:0 .5rem;border:1px solid var(--rule);border-radius:1rem;color:var(--soft);white-space:nowrap}
    .figures{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;margin:.4rem 0;padding:0;list-style:none}
    details{margin:.4rem 0}summary{cursor:pointer;color:var(--link);width:fit-content}
    .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(21rem,100%),1fr));gap:1rem;margin:.6rem 0}
    .heats{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:1rem;margin:.6rem 0}
    .thumbnails{display:flex;align-items:end;flex-wrap:wrap;gap:.7rem}
    figure{margin:0;min-width:0}figcaption{font-weight:600;font-size:.9rem;margin-bottom:.2rem;overflow-wrap:anywhere}
    figure svg{width:100%;height:auto;display:block}.chart>svg{max-width:34rem}.heat>svg{max-width:24rem}
    .thumbnail{width:7rem}.thumbnail figcaption{font-weight:400;font-size:.78rem}
    .legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin:.2rem 0 0;padding:0;list-style:none;font-size:.82rem}
    .legend svg{width:28px;height:8px;display:inline-block;max-width:none}
    svg text{font-family:system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:var(--ink)}
    svg .tick{font-size:11px;fill:var(--soft)}.middle{text-anchor:middle}.end{text-anchor:end}
    svg text.cell{font-size:11px;text-anchor:middle;dominant-baseline:central;fill:inherit}
    svg text.cell[fill="#000"]{fill:#000}svg text.cell[fill="#fff"]{fill:#fff}
    .grid{stroke:var(--rule);stroke-width:1;fill:none}.axis{stroke:var(--soft);fill:none}
    .pixels{image-rendering:pixelated}.ear{fill:transparent}.ear:hover{fill:var(--soft);fill-opacity:.12}
    .line{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
    .l0{stroke:var(--c0)}.l1{stroke:var(--c1);stroke-dasharray:7 4}.l2{stroke:var(--c2);stroke-dasharray:1.5 4}.l3{stroke:var(--c3);stroke-dasharray:10 4 2 4}
    .l4{stroke:var(--c4);stroke-dasharray:4 4}.l5{stroke:var(--c5);stroke-dasharray:12 4}.l6{stroke:var(--c6);stroke-dasharray:7 4 1.5 4 1.5 4}.l7{stroke:var(--c7);stroke-dasharray:2 3}
    .band{fill-opacity:.16;stroke:none}.f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}
    .study td{text-align:center;white-space:nowrap;padding:.25rem .6rem}.study td small{display:block}.study caption{font-weight:600;color:var(--ink)}
    .grids{display:flex;flex-wrap:wrap;gap:1.2rem}.grids>div{max-width:100%}
    .dag svg{display:block;margin:0 auto;max-width:none}
    .dag .edge{fill:none;stroke:var(--soft);stroke-width:1.3}
    .dag .stage{fill:var(--card);stroke:var(--link);stroke-width:1.5}.dag .reused{stroke:var(--soft);stroke-dasharray:4 3}
    .dag text{text-anchor:middle;font-size:13px}.dag .name{font-weight:600}.dag .kind{font-size:10.5px;fill:var(--soft)}
    .dag a:hover .stage{stroke-width:3}.dag a:focus-visible{outline:none}.dag a:focus-visible .stage{stroke:var(--c1);stroke-width:4}
    footer{margin-top:2rem;padding-top:.7rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.87rem}
    @media screen and (max-width:860px){.frame{display:block;padding:1rem}nav{position:static;max-height:none;margin-bottom:1rem;border-bottom:1px solid var(--rule)}
    nav ul ul{display:none}nav>ul{display:flex;flex-wrap:wrap;gap:0 .6rem}h1{font-size:1.4rem}
    .facts{grid-template-columns:1fr}.facts dd{margin-bottom:.3rem}.stage-card{padding:.7rem}.dag svg{width:100%;min-width:27rem;height:auto}}
    @media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--rule:#bbb;--card:#fff;--link:#000}
    nav,.skip{display:none}.frame{display:block;max-width:none;padding:0}.stage-card,figure,tr{break-inside:avoid}h2,h3{break-after:avoid}
    body{font-size:11px}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.scroll{overflow:visible}
    :is(#configuration,.config) details::details-content{content-visibility:visible;display:block}.dag svg{max-width:100%;height:auto;max-height:21cm}}
    """
}
