import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** The headers of Next.js's error pages (wire contract 6). */
const headers = (etag: string) => ({
  etag: `"${etag}"`,
  "cache-control": "private, no-cache, no-store, max-age=0, must-revalidate"
})

/** The error page of Next.js for an application that has none of its own. */
const page = (status: number, title: string, etag: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(html(status, title), {
    status,
    contentType: "text/html; charset=utf-8",
    headers: headers(etag)
  })

const html = (status: number, title: string): string =>
  `<!DOCTYPE html><html><head><meta charSet="utf-8" data-next-head=""/>` +
  `<meta name="viewport" content="width=device-width" data-next-head=""/>` +
  `<title data-next-head="">${status}: ${title}</title></head><body><div id="__next">` +
  `<div style="font-family:system-ui,&quot;Segoe UI&quot;,Roboto,Helvetica,Arial,sans-serif;height:100vh;` +
  `text-align:center;display:flex;flex-direction:column;align-items:center;justify-content:center">` +
  `<div style="line-height:48px"><style>body{color:#000;background:#fff;margin:0}` +
  `.next-error-h1{border-right:1px solid rgba(0,0,0,.3)}@media (prefers-color-scheme:dark){body{color:#fff;` +
  `background:#000}.next-error-h1{border-right:1px solid rgba(255,255,255,.3)}}</style>` +
  `<h1 class="next-error-h1" style="display:inline-block;margin:0 20px 0 0;padding-right:23px;font-size:24px;` +
  `font-weight:500;vertical-align:top">${status}</h1><div style="display:inline-block">` +
  `<h2 style="font-size:14px;font-weight:400;line-height:28px">${title}.</h2></div></div></div></div>` +
  `<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"statusCode":${status}}},` +
  `"page":"/_error","query":{},"buildId":"emulator","nextExport":true,"isFallback":false,"gip":true,` +
  `"scriptLoader":[]}</script></body></html>`

/** 404 of a path that no route has. */
export const notFound: HttpServerResponse.HttpServerResponse = page(
  404,
  "This page could not be found",
  "vqx3m0k8u91l4"
)

/** 400 of a path whose percent-encoding is broken. */
export const undecodable: HttpServerResponse.HttpServerResponse = page(400, "Bad Request", "6yw2hd7sq51kz")
