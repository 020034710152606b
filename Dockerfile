# The site. The edge functions run at Supabase (docs/DEPLOY.md). Nothing is written at run time:
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     --env-file .env -p 8000:8000 interdomestik
FROM denoland/deno:2.9.6 AS build
WORKDIR /app
ENV DENO_DIR=/deno-dir
COPY deno.json deno.lock ./
COPY fresh ./fresh
COPY supabase/functions/_shared ./supabase/functions/_shared
COPY locales ./locales
COPY static ./static
COPY components ./components
COPY islands ./islands
COPY site ./site
COPY routes ./routes
COPY main.ts dev.ts utils.ts fresh.config.ts ./
RUN deno task build && deno cache _fresh/server.js main.ts

FROM denoland/deno:2.9.6
WORKDIR /app
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
COPY --from=build --chown=root:root /deno-dir /deno-dir
COPY --from=build --chown=root:root /app /app
USER deno
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["deno", "eval", "const { ok } = await fetch('http://127.0.0.1:8000/robots.txt'); Deno.exit(ok ? 0 : 1)"]
# What it may do: the network, its environment, its own files. No writing, no programs.
CMD ["deno", "serve", "--cached-only", "--no-code-cache", "--no-prompt", "--config=deno.json", "--allow-net", "--allow-env", "--allow-sys", "--allow-read=/app,/deno-dir", "--host=0.0.0.0", "--port=8000", "_fresh/server.js"]
