import { Button, Combobox, useCombobox } from '@mantine/core';
import { useState } from 'react';
import { AliasIcon, aliasCommand } from '../../shell/name-actions.ts';
import { withoutFolder } from '../../shell/command-lines.ts';
import { settleMiss } from '../../state/guard.ts';
import { copyText } from '../../ui/copy.ts';
import style from './AliasMenu.module.css';
import { guessOwners } from './guess-owner.ts';

type AliasMenuProps = { readonly directory: string; readonly name: string; readonly services: readonly string[]; readonly suffixes: readonly string[] };

/** Makes a missed name an alias of the service that is chosen; likely ones come first. */
export function AliasMenu({ directory, name, services, suffixes }: AliasMenuProps) {
  const [text, setText] = useState('');
  const [pending, setPending] = useState(false);
  const combobox = useCombobox({
    onDropdownClose: () => (combobox.resetSelectedOption(), setText('')),
    onDropdownOpen: () => (combobox.focusSearchInput(), combobox.selectFirstOption()),
  });
  const shown = guessOwners(name, services, suffixes).filter((service) => service.toLowerCase().includes(text.trim().toLowerCase()));
  const choose = async (service: string) => {
    combobox.closeDropdown();
    setPending(true);
    await settleMiss(directory, name, service);
    setPending(false);
  };
  return (
    <Combobox store={combobox} width={280} position="bottom-end" onOptionSubmit={(service) => void choose(service)}>
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <Button leftSection={<AliasIcon size={13} />} loading={pending} aria-haspopup="listbox" aria-expanded={combobox.dropdownOpened} onClick={() => combobox.toggleDropdown()} title={`Make ${name} an alias of a service`}>
          Alias of…
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown className={style.dropdown ?? ''}>
        <Combobox.Search classNames={{ wrapper: style.sticky ?? '', input: style.search ?? '' }} aria-label={`Which service is ${name}`} placeholder="Which service is it?" value={text} onChange={(event) => (setText(event.currentTarget.value), combobox.selectFirstOption())} />
        <Combobox.Options className={style.options ?? ''} aria-label="Services">
          {shown.map((service) => (
            <Combobox.Option key={service} value={service} className={style.option ?? ''}>
              {service}
            </Combobox.Option>
          ))}
          {shown.length === 0 && <Combobox.Empty>No service is called that</Combobox.Empty>}
        </Combobox.Options>
        {shown[0] && (
          <Combobox.Footer className={style.foot ?? ''}>
            <button type="button" className={style.copy} onClick={() => void copyText(aliasCommand(directory, name, shown[0] ?? ''), 'Command copied')}>
              Copy as command: <code>{withoutFolder(aliasCommand(directory, name, shown[0]))}</code>
            </button>
          </Combobox.Footer>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}
