// A word about what failed says what to quote, and lets it be copied.
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Code, ConnectError } from "@connectrpc/connect";
import { problemOf } from "../api/problem";
import { ToastArea, Toasts } from "./toasts";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** What a call has thrown, with the number of its request. */
function problem(code: Code) {
  return problemOf(new ConnectError("must not be", code, { "x-request-id": "r-17" }));
}

describe("a toast", () => {
  it("has the number of the request where the server is at fault", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const toasts = new Toasts();
    toasts.complainOf(problem(Code.Internal), "Nothing was changed.");
    render(<ToastArea toasts={toasts} />);
    expect(screen.getByText(/Nothing was changed. The server made a mistake./)).toBeTruthy();
    expect(screen.getByText(/Request r-17/)).toBeTruthy();
    fireEvent.click(screen.getByText("Copy the number of the request"));
    expect(await screen.findByText("Copied")).toBeTruthy();
    expect(writeText).toHaveBeenCalledWith("r-17");
  });

  it("has none where it was only refused", () => {
    const toasts = new Toasts();
    toasts.complainOf(problem(Code.InvalidArgument));
    render(<ToastArea toasts={toasts} />);
    expect(screen.getByText("Must not be.")).toBeTruthy();
    expect(screen.queryByText(/r-17/)).toBeNull();
  });
});
