# One image for all programs: the token service (the default), the command line (`docker run IMAGE ims-token …`) and the
# IMS sandbox (`node --disable-sigusr1 dist/apps/ims-sandbox/src/main.js`). It writes no file, so it runs on a read-only file system.
# The image contains Node, so the optional packages with Node binaries are omitted.
# test/deploy/image.spec.ts runs these steps in a folder.

# The base image. A tag can move: give it with its digest, as docs/deployment.md shows.
ARG NODE_IMAGE=node:24.21-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
RUN npx tsc -p tsconfig.build.json --sourceMap false && node --run copy-page && rm dist/.tsbuildinfo
RUN npm prune --omit=dev --omit=optional --ignore-scripts
# Without the development tools in package.json, the bill of materials lists exactly the shipped packages:
# `docker run IMAGE cat sbom.json`.
RUN npm pkg delete devDependencies optionalDependencies bin && npm run --silent sbom > sbom.json

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="ims-token-service" \
      org.opencontainers.image.description="Keeps Adobe IMS access tokens fresh, and hands them to your services over HTTP" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
ENV PATH=/app/bin:$PATH
WORKDIR /app
COPY LICENSE ./
COPY --from=build /app/package.json /app/sbom.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY deploy/image/bin bin
# A number, so that Kubernetes can check that it is not root. It is the user "node" of the base image.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--disable-sigusr1", "dist/apps/token-service/src/main.js"]
