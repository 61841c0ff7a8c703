import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // Fonts and icons stay files of their own: the pages' content security policy allows no data: fonts.
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0 },
});
