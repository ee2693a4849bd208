import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { giveFocusBack } from '../ui/focus.ts';
import parts from './parts.module.css';

const petrol: MantineColorsTuple = [
  '#eaf5f7', '#d5e9ed', '#aad4dc', '#7cbecb', '#56acbc', '#3b9fb2', '#1688a2', '#0d6d84', '#0a5a6d', '#064654',
];

/** The look of every Mantine part: our type scale, our radii, our roles for colour. */
export const theme = createTheme({
  colors: { petrol },
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 7 },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '12px', sm: '12.5px', md: '13.5px', lg: '15px', xl: '19px' },
  radius: { xs: '4px', sm: '5px', md: '7px', lg: '11px', xl: '16px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontFamily: 'var(--font)', fontWeight: '600' },
  components: {
    Button: { defaultProps: { size: 'xs', variant: 'default' }, classNames: { root: parts.button, section: parts.buttonSection } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 }, classNames: { root: parts.actionIcon } },
    Menu: { defaultProps: { shadow: 'none', withInitialFocusPlaceholder: false, withinPortal: true, transitionProps: { duration: 90 } }, classNames: { dropdown: parts.floating, item: parts.menuItem, label: parts.menuLabel } },
    Popover: { defaultProps: { shadow: 'none', transitionProps: { duration: 90 } }, classNames: { dropdown: parts.floating } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 90 } }, classNames: { tooltip: parts.tooltip } },
    Modal: { defaultProps: { centered: true, returnFocus: false, onExitTransitionEnd: giveFocusBack, closeButtonProps: { 'aria-label': 'Close' }, transitionProps: { duration: 120 }, overlayProps: { color: 'var(--veil)', backgroundOpacity: 1 } }, classNames: { content: parts.floating, header: parts.modalHeader, title: parts.modalTitle } },
    TextInput: { defaultProps: { size: 'xs' }, classNames: { input: parts.input, label: parts.label, description: parts.description, error: parts.error } },
    Select: { defaultProps: { size: 'xs' }, classNames: { input: parts.input, dropdown: parts.floating, label: parts.label } },
    NativeSelect: { defaultProps: { size: 'xs' }, classNames: { input: parts.input, label: parts.label, description: parts.description } },
    SegmentedControl: { defaultProps: { size: 'xs' }, classNames: { root: parts.segmented, indicator: parts.segmentedIndicator, label: parts.segmentedLabel } },
    Skeleton: { defaultProps: { radius: 'sm' }, classNames: { root: parts.skeleton } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } }, classNames: { root: parts.notification, title: parts.notificationTitle, description: parts.notificationText } },
  },
});

/** The kit gives these once for each colour scheme, so they have to be given there. */
const FAIL_FILL = { '--mantine-color-red-filled': 'var(--fail-fill)', '--mantine-color-red-filled-hover': 'var(--fail-fill-hover)' };

/** Maps Mantine's own variables to our roles, so that no part shows a colour that is not in tokens.css. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--fail)',
    '--mantine-color-default': 'var(--raised)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-petrol-filled': 'var(--accent-fill)',
    '--mantine-color-petrol-filled-hover': 'var(--accent-fill-hover)',
    '--mantine-primary-color-filled': 'var(--accent-fill)',
    '--mantine-primary-color-filled-hover': 'var(--accent-fill-hover)',
    '--mantine-line-height': '1.45',
  },
  light: FAIL_FILL,
  dark: FAIL_FILL,
});
