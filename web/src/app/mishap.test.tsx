// A part of the page that fails.
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Mishap } from "./mishap";

it("a part that fails leaves words and a way on", () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const reload = vi.fn();
  const Broken = () => {
    throw new Error("cannot be fetched");
  };
  render(
    <Mishap onReload={reload}>
      <Broken />
    </Mishap>,
  );
  expect(screen.getByRole("alert").textContent).toContain("This page has stumbled");
  fireEvent.click(screen.getByRole("button", { name: "Load the page again" }));
  expect(reload).toHaveBeenCalledTimes(1);
});
