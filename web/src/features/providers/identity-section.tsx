// Who one is elsewhere, to log in with: to link, and to unlink.
import { type ReactElement, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { type Identity, IdentityService, type Provider } from "../../gen/confab/auth/v1/identity_service_pb";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { Icon } from "../../ui/icons";
import { type Task, useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { spoken } from "../../words/spoken";
import { takeReturn } from "./attempt";
import { leave, requireCode } from "./provider-calls";

/** What the server offers, and what of it is linked. */
interface Known {
  readonly providers: readonly Provider[];
  readonly identities: readonly Identity[];
}

/** Nothing at all where the server offers nothing; else within `frame`, which has the title. */
export function IdentitySection({ frame }: { readonly frame: (children: ReactNode) => ReactElement }): ReactElement | null {
  const { api, toasts } = useChat();
  const [known, setKnown] = useState<Known>();
  const [unlinking, setUnlinking] = useState<Identity>();
  const loading = useTask();
  const linking = useTask();
  const place = useRef<HTMLDivElement>(null);
  const service = useMemo(() => api.of(IdentityService), [api]);
  const { run: runLoading } = loading;
  const load = useCallback(
    () =>
      runLoading(async () => {
        const [{ providers }, { identities }] = await Promise.all([service.listProviders({}), service.listIdentities({})]);
        setKnown({ providers, identities });
      }),
    [service, runLoading],
  );
  const { run: runLinking } = linking;
  useEffect(() => {
    const back = takeReturn(sessionStorage, "link");
    const finish = async () => {
      if (back) {
        const isLinked = await runLinking(async () => {
          requireCode(back);
          const { state, code, binding } = back;
          await service.finishProviderLink({ state, code, binding });
        });
        if (isLinked) toasts.tell(say("providers.linked", { name: back.name }));
      }
      await load();
      // Whoever comes back is shown what they have left for.
      if (back) place.current?.scrollIntoView({ block: "center" });
    };
    void finish();
  }, [service, runLinking, toasts, load]);

  const problem = linking.problem ?? (known && loading.problem);
  // Whoever comes back from a provider is to know what came of it, whatever else is known.
  if (!problem && (!known || (known.providers.length === 0 && known.identities.length === 0))) return null;
  return frame(
    <div ref={place} className="flex flex-col gap-3">
      <p className="text-sm text-muted">{say("providers.hint")}</p>
      {known && <IdentityList known={known} onUnlink={setUnlinking} />}
      <FormProblem problem={problem} />
      {known && <LinkButtons known={known} task={linking} />}
      {known && unlinking && (
        <UnlinkDialog
          identity={unlinking}
          name={nameOf(unlinking, known)}
          onClose={() => setUnlinking(undefined)}
          onUnlinked={() => {
            setUnlinking(undefined);
            void load();
          }}
        />
      )}
    </div>,
  );
}

/** What people know the provider as, also of one that is not offered any more. */
function nameOf({ providerId }: Identity, { providers }: Known): string {
  return providers.find((provider) => provider.providerId === providerId)?.name ?? providerId;
}

function IdentityList({ known, onUnlink }: { readonly known: Known; readonly onUnlink: (identity: Identity) => void }): ReactElement | null {
  if (known.identities.length === 0) return null;
  return (
    <ul aria-label={say("providers.title")} className="flex flex-col gap-2">
      {known.identities.map((identity) => {
        const { identityId, email, createTime } = identity;
        const facts = [email, createTime && say("providers.linkedOn", { date: spoken().formats.date.format(Number(createTime.seconds) * 1000) })];
        return (
          <li key={identityId} className="flex items-center gap-3">
            <Icon name="door" className="size-5 text-muted" />
            <div className="min-w-0 flex-1">
              <p className="truncate">
                <bdi>{nameOf(identity, known)}</bdi>
              </p>
              <p className="text-sm break-words text-muted">{facts.filter(Boolean).join(" · ")}</p>
            </div>
            <Button onClick={() => onUnlink(identity)} className="text-sm">
              {say("providers.unlink")}<span className="sr-only"> {nameOf(identity, known)}</span>
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

function LinkButtons({ known: { providers, identities }, task: { isBusy, run } }: { readonly known: Known; readonly task: Task }): ReactElement | null {
  const { api, stepUp } = useChat();
  const link = ({ providerId, name }: Provider) =>
    run(async () => {
      const sent = await stepUp.run(() => api.of(IdentityService).startProviderLink({ providerId }));
      if (sent) leave(sent.authorizationUrl, { purpose: "link", name, binding: sent.binding });
    });
  const others = providers.filter(({ providerId }) => !identities.some((identity) => identity.providerId === providerId));
  if (others.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {others.map((provider) => (
        <Button key={provider.providerId} disabled={isBusy} onClick={() => void link(provider)}>
          {say("providers.link", { name: provider.name })}
        </Button>
      ))}
    </div>
  );
}

interface UnlinkDialogProps {
  readonly identity: Identity;
  readonly name: string;
  readonly onUnlinked: () => void;
  readonly onClose: () => void;
}

function UnlinkDialog({ identity, name, onUnlinked, onClose }: UnlinkDialogProps): ReactElement {
  const { api, stepUp, toasts } = useChat();
  const { isBusy, problem, run } = useTask();
  const unlink = () =>
    run(async () => {
      if (!(await stepUp.run(() => api.of(IdentityService).deleteIdentity({ identityId: identity.identityId })))) return;
      toasts.tell(say("providers.unlinked", { name }));
      onUnlinked();
    });
  return (
    <Confirm title={say("providers.unlinkTitle", { name })} action={say("providers.unlink")} isBusy={isBusy} problem={problem} onConfirm={() => void unlink()} onClose={onClose}>
      {say("providers.unlinkWarning")}
    </Confirm>
  );
}
