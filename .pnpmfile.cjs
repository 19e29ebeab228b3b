// Next takes Playwright and Babel for itself where a workspace has them for its tests, and then they would be installed with
// what runs. It needs neither.
const withoutPeers = {
  next: ["@playwright/test", "babel-plugin-react-compiler"],
  "styled-jsx": ["@babel/core", "babel-plugin-macros"],
};

module.exports = {
  hooks: {
    readPackage(manifest) {
      for (const peer of withoutPeers[manifest.name] ?? []) {
        delete manifest.peerDependencies?.[peer];
        delete manifest.peerDependenciesMeta?.[peer];
      }
      return manifest;
    },
  },
};
