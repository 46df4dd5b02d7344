# Two stages: the first has the compiler, the second only what runs.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.test.json ./
COPY tools ./tools
COPY src ./src
COPY views ./views
COPY metadata/presets ./metadata/presets
RUN npm ci --no-audit --no-fund && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production SIGNET_DATA=/data SIGNET_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/views ./views
COPY --from=build /app/metadata ./metadata
RUN ln -s /app/dist/main.js /usr/local/bin/signet && mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "dist/main.js", "health"]
# Node itself is the process that gets SIGTERM.
CMD ["node", "dist/main.js", "serve"]
