#!/bin/sh
# Builds graphiql.js and graphiql.css anew, from what lies beside this script. Needs Node 20 or newer and npm's registry.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$source"/*.js* "$work"
cd "$work"
npm install --no-package-lock --no-audit --no-fund --loglevel=error
# The bundle opens with what it was made of; a test compares.
of=$(cd "$source" && cat examples.jsx explorer.jsx no_styles.js package.json sign_in.jsx talk.js | sha256sum | cut -c1-64)
npx esbuild explorer.jsx --bundle --minify --format=iife --target=es2021 --legal-comments=none \
    '--define:process.env.NODE_ENV="production"' --alias:react-style-singleton=./no_styles.js \
    "--banner:js=/* of sources with sha256 $of */" --outfile="$source/../graphiql.js"
perl -0pe 's/\@font-face\s*\{.*?\}//gs' node_modules/graphiql/dist/style.css > fontless.css
npx esbuild fontless.css --minify --outfile="$source/../graphiql.css"
