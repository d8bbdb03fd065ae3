import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const iris: MantineColorsTuple = [
  '#eceffd',
  '#dbe0fb',
  '#b8c1f7',
  '#94a1f3',
  '#8492f6',
  '#6272ea',
  '#4a5ae0',
  '#3d4bc4',
  '#333fa5',
  '#28327f',
]
const dark: MantineColorsTuple = [
  '#e9ebf0',
  '#c6cbd6',
  '#a0a8b8',
  '#6d7585',
  '#3a404c',
  '#2a2f39',
  '#20242c',
  '#191c22',
  '#14161b',
  '#111318',
]
const gray: MantineColorsTuple = [
  '#f6f7f9',
  '#f1f3f6',
  '#eceef2',
  '#e2e5ea',
  '#c4c9d3',
  '#9aa1af',
  '#727a89',
  '#565e6e',
  '#333946',
  '#14171f',
]

const dialogTitle = { fontSize: '1.125rem', fontWeight: 620, lineHeight: 1.35 }
const soft = { background: 'var(--g-accent-soft)', color: 'var(--g-accent)' }

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: 6,
  colors: { iris, dark, gray },
  black: '#14171f',
  cursorType: 'pointer',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  components: {
    Avatar: { styles: { placeholder: { ...soft, fontWeight: 600 } } },
    ThemeIcon: { styles: { root: soft } },
    Button: { defaultProps: { size: 'sm' } },
    InputWrapper: { styles: { label: { fontSize: '0.8125rem', marginBottom: 4 } } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.45 },
        transitionProps: { duration: 120 },
      },
      styles: { title: dialogTitle },
    },
    Drawer: { styles: { title: dialogTitle } },
    Menu: {
      defaultProps: {
        returnFocus: true,
        // its first item has the focus instead: nothing but items may stand in a menu
        withInitialFocusPlaceholder: false,
        shadow: 'md',
        transitionProps: { duration: 80 },
      },
    },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
  },
})

/** Mantine's own variables point at our tokens: its dimmed text and errors are below 4.5:1. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--g-surface)',
    '--mantine-color-text': 'var(--g-text)',
    '--mantine-color-dimmed': 'var(--g-text-2)',
    '--mantine-color-placeholder': 'var(--g-text-2)',
    '--mantine-color-error': 'var(--g-danger)',
    '--mantine-color-anchor': 'var(--g-accent)',
    '--mantine-color-default-border': 'var(--g-line)',
  }
  return { variables: {}, light: shared, dark: shared }
}
